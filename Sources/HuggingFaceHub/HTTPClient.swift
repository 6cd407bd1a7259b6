import CCurl

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Sends requests through libcurl, one after the other.
///
/// Redirects are followed here and not by libcurl, so that it is plain to see who is sent the token:
/// the origin that the settings name, and nobody else.
final class HTTPClient {
  /// What a request came to.
  enum Failure: Error {
    /// No answer, half an answer, or one that took too long.
    case transport(url: String, code: Int, reason: String)
    /// The receiver did not want more.
    case refused
    case badRedirect(url: String, reason: String)
  }

  private let handle: OpaquePointer
  private let settings: HubSettings
  private let endpoint: Origin
  private let cancellation: Cancellation

  private static let redirectLimit = 8
  static let userAgent = "bitcl/0.1.0"

  /// - Throws: `HubError.noTransport`, `.badSetting`.
  init(_ settings: HubSettings, _ cancellation: Cancellation) throws(HubError) {
    var message = [CChar](repeating: 0, count: 512)
    guard bitcl_curl_open(settings.curlLibrary, &message, message.count) else {
      throw .noTransport(
        reason: String(
          decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
    guard let origin = Origin(settings.endpoint) else {
      throw .badSetting(
        name: "HF_ENDPOINT", reason: "'\(settings.endpoint)' is no http or https address")
    }
    guard let handle = bitcl_curl_create() else { throw .noTransport(reason: "out of memory") }
    self.handle = handle
    self.settings = settings
    self.cancellation = cancellation
    endpoint = origin
  }

  deinit { bitcl_curl_destroy(handle) }

  /// Sends a request, and gives the body of a success to `receive` in pieces.
  /// - Parameters:
  ///   - follows: Which redirects to follow; the others are the answer.
  ///   - accept: Is shown the answer before its body, and whether that is wanted.
  ///   - receive: Returns whether it wants more.
  /// - Throws: `Failure`, `CancellationError`.
  func send(
    _ request: HTTPRequest, follows: (_ response: HTTPResponse, _ isSameOrigin: Bool) -> Bool,
    accept: @escaping (HTTPResponse) -> Bool = { _ in true },
    receive: @escaping (UnsafeRawBufferPointer) -> Bool = { _ in true }
  ) throws -> HTTPResponse {
    var request = request
    for _ in 0...Self.redirectLimit {
      guard let origin = Origin(request.url) else {
        throw Failure.badRedirect(url: request.url, reason: "it is no http or https address")
      }
      let response = try sendOnce(request, to: origin, accept, receive)
      guard response.isRedirect, let target = response.redirect else { return response }
      let next = Origin(target)
      guard follows(response, next == origin) else { return response }
      if origin.scheme == "https", next?.scheme == "http" {
        throw Failure.badRedirect(url: request.url, reason: "it leads from https to plain http")
      }
      request.url = target
    }
    throw Failure.badRedirect(
      url: request.url, reason: "it leads on and on, more than \(Self.redirectLimit) times")
  }

  private func sendOnce(
    _ request: HTTPRequest, to origin: Origin, _ accept: @escaping (HTTPResponse) -> Bool,
    _ receive: @escaping (UnsafeRawBufferPointer) -> Bool
  ) throws -> HTTPResponse {
    try cancellation.check()
    var headers: [String] = []
    if let token = settings.token, origin == endpoint {
      headers.append("Authorization: Bearer \(token)")
    }
    if request.offset > 0 { headers.append("Range: bytes=\(request.offset)-") }
    let exchange = Exchange(cancellation, accept: accept, receive: receive)
    var result = bitcl_curl_result()
    withRequest(request, headers, isPlain: origin.scheme == "http") { request in
      var receiver = exchange.receiver
      bitcl_curl_perform(handle, request, &receiver, &result)
    }
    try cancellation.check()
    if result.code == Int32(BITCL_CURL_OK) { exchange.finish() }
    if exchange.wasRefused { throw Failure.refused }
    guard result.code == Int32(BITCL_CURL_OK) || exchange.wasCut else {
      throw Failure.transport(
        url: request.url, code: Int(result.code), reason: Self.text(result.message))
    }
    var response = exchange.response
    response.url = request.url
    response.status = result.status
    let redirect = Self.text(result.redirect)
    response.redirect = redirect.isEmpty ? nil : redirect
    return response
  }

  private func withRequest(
    _ request: HTTPRequest, _ headers: [String], isPlain: Bool,
    _ body: (UnsafePointer<bitcl_curl_request>) -> Void
  ) {
    var strings: [UnsafeMutablePointer<CChar>?] = []
    func string(_ text: String?) -> UnsafePointer<CChar>? {
      guard let copy = text.map({ strdup($0) }) else { return nil }
      strings.append(copy)
      return UnsafePointer(copy)
    }
    defer { for copy in strings { free(copy) } }
    let lines = headers.map { string($0) }
    lines.withUnsafeBufferPointer { lines in
      var curl = bitcl_curl_request()
      curl.url = string(request.url)
      curl.head_only = request.method == .head
      curl.headers = lines.baseAddress
      curl.header_count = lines.count
      curl.user_agent = string(Self.userAgent)
      curl.proxy = isPlain ? string(settings.proxy) : nil
      curl.ca_file = string(settings.certificateFile)
      curl.ca_folder = string(settings.certificateFolder)
      curl.connect_timeout_ms = Self.milliseconds(settings.metadataTimeout)
      curl.stall_timeout_seconds = max(1, Int(settings.stallTimeout.components.seconds))
      curl.total_timeout_ms = request.timeout.map(Self.milliseconds) ?? 0
      body(&curl)
    }
  }

  private static func milliseconds(_ duration: Duration) -> Int {
    Int(duration / .milliseconds(1))
  }

  private static func text(_ field: some Any) -> String {
    withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
