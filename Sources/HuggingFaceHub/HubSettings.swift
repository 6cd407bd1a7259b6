import HubCache

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What the environment says about the hub; the variables are those of huggingface_hub.
package struct HubSettings: Sendable {
  /// Without a slash at its end.
  package var endpoint: String
  package var cache: HubCache
  package var token: String?
  package var isOffline: Bool
  /// For questions.
  package var metadataTimeout: Duration
  /// Without a byte of an answer.
  package var stallTimeout: Duration
  /// Certificates to trust in place of the system's.
  package var certificateFile: String?
  package var certificateFolder: String?
  /// For http only: libcurl itself looks at the other variables.
  package var proxy: String?
  package var usesSymbolicLinks: Bool
  package var retries = RetryPolicy()
  /// Names another libcurl.
  package var curlLibrary: String?

  static let defaultEndpoint = "https://huggingface.co"
  private static let defaultTimeout = 10

  /// - Throws: `HubError.noCache`, `.badSetting`.
  package init(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(HubError) {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    func isOn(_ name: String) -> Bool {
      ["1", "ON", "YES", "TRUE"].contains(environment[name]?.uppercased() ?? "")
    }
    guard let cache = HubCache(environment: environment) else { throw .noCache }
    self.cache = cache
    var endpoint = value("HF_ENDPOINT") ?? Self.defaultEndpoint
    while endpoint.hasSuffix("/") { endpoint.removeLast() }
    guard endpoint.hasPrefix("https://") || endpoint.hasPrefix("http://") else {
      throw .badSetting(name: "HF_ENDPOINT", reason: "it must begin with https:// or http://")
    }
    self.endpoint = endpoint
    isOffline = isOn("HF_HUB_OFFLINE") || isOn("TRANSFORMERS_OFFLINE")
    token = try Self.token(environment, isImplicit: !isOn("HF_HUB_DISABLE_IMPLICIT_TOKEN"))
    metadataTimeout = try Self.timeout("HF_HUB_ETAG_TIMEOUT", environment)
    stallTimeout = try Self.timeout("HF_HUB_DOWNLOAD_TIMEOUT", environment)
    certificateFile =
      value("REQUESTS_CA_BUNDLE") ?? value("CURL_CA_BUNDLE") ?? value("SSL_CERT_FILE")
    certificateFolder = value("SSL_CERT_DIR")
    usesSymbolicLinks = !isOn("HF_HUB_DISABLE_SYMLINKS")
    curlLibrary = value("BITCL_CURL_LIBRARY")
    // libcurl leaves HTTP_PROXY alone: where a web server starts programs, a client sets it.
    proxy =
      value("http_proxy") == nil && environment["REQUEST_METHOD"] == nil
      ? value("HTTP_PROXY") : nil
  }

  private static func timeout(
    _ name: String, _ environment: [String: String]
  ) throws(HubError) -> Duration {
    guard let text = environment[name], !text.isEmpty else { return .seconds(defaultTimeout) }
    guard let seconds = Int(text), (0...86400).contains(seconds) else {
      throw .badSetting(name: name, reason: "it must be a number of seconds, at most 86400")
    }
    return .seconds(seconds == 0 ? defaultTimeout : seconds)
  }

  private static func token(
    _ environment: [String: String], isImplicit: Bool
  ) throws(HubError) -> String? {
    guard isImplicit else { return nil }
    for name in ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"] {
      if let token = try clean(environment[name] ?? "", from: name) { return token }
    }
    let paths = EnvironmentPaths(environment)
    guard let path = paths["HF_TOKEN_PATH"] ?? HubCache.home(paths).map({ "\($0)/token" }),
      let bytes = SmallFile.read(path, limit: 4096)
    else { return nil }
    return try clean(String(decoding: bytes, as: UTF8.self), from: path)
  }

  /// A token is a word; anything else would be a header of its own.
  private static func clean(_ text: String, from source: String) throws(HubError) -> String? {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard let token = words.first else { return nil }
    guard words.count == 1, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .badSetting(name: source, reason: "what it holds is no token: a single word of ASCII")
    }
    return String(token)
  }
}
