import CCurl

/// What libcurl's callbacks see of one request.
final class Exchange {
  private(set) var response = HTTPResponse()
  /// The receiver did not want the answer, or no more of it.
  private(set) var wasRefused = false
  /// All that matters came, and more that does not.
  private(set) var wasCut = false
  private var hasBegun = false
  private var errorBytes = 0
  private var headerBytes = 0

  private let cancellation: Cancellation
  private let accept: (HTTPResponse) -> Bool
  private let receive: (UnsafeRawBufferPointer) -> Bool

  private static let headerLimit = 1 << 17
  private static let errorLimit = 1 << 16

  init(
    _ cancellation: Cancellation, accept: @escaping (HTTPResponse) -> Bool,
    receive: @escaping (UnsafeRawBufferPointer) -> Bool
  ) {
    self.cancellation = cancellation
    self.accept = accept
    self.receive = receive
  }

  /// Valid as long as this object.
  var receiver: bitcl_curl_receiver {
    bitcl_curl_receiver(
      context: Unmanaged.passUnretained(self).toOpaque(),
      on_header: { context, line, count in
        guard let context, let line else { return false }
        return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
          .takeHeader(UnsafeRawBufferPointer(start: line, count: count))
      },
      on_body: { context, bytes, count in
        guard let context, let bytes else { return false }
        return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
          .takeBody(UnsafeRawBufferPointer(start: bytes, count: count))
      },
      may_continue: { context in
        guard let context else { return false }
        return !Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
          .cancellation.isCancelled
      })
  }

  private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
    headerBytes += bytes.count
    guard headerBytes <= Self.headerLimit else { return false }
    let line = String(decoding: bytes, as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      // The last one counts: 100, or what a proxy said, may come before it.
      response = HTTPResponse()
      let words = line.split(separator: " ")
      response.status = words.count > 1 ? Int(words[1].prefix { $0.isNumber }) ?? 0 : 0
    } else if let colon = line.firstIndex(of: ":") {
      let value = line[line.index(after: colon)...].drop { $0.isWhitespace }
      response.headers[line[..<colon].lowercased()] = String(
        value.reversed().drop { $0.isWhitespace }.reversed())
    }
    return true
  }

  private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard !cancellation.isCancelled else { return false }
    guard response.isSuccess else {
      // The body of an error says nothing that its headers do not, and need not end.
      errorBytes += bytes.count
      wasCut = errorBytes > Self.errorLimit
      return !wasCut
    }
    begin()
    if !wasRefused { wasRefused = !receive(bytes) }
    return !wasRefused
  }

  /// After the last byte: an empty body is shown to its receiver too.
  func finish() {
    if response.isSuccess { begin() }
  }

  private func begin() {
    guard !hasBegun else { return }
    hasBegun = true
    wasRefused = !accept(response)
  }
}
