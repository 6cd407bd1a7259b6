import CCurl

/// Scheme, host and port: who is asked. As libcurl reads it, which does the asking.
struct Origin: Hashable {
  let scheme: String
  let host: String
  let port: String

  /// - Returns: `nil` for what is no http or https address.
  init?(_ url: String) {
    var origin = bitcl_curl_origin()
    guard bitcl_curl_read_origin(url, &origin) else { return nil }
    scheme = Self.text(origin.scheme).lowercased()
    host = Self.text(origin.host).lowercased()
    port = Self.text(origin.port)
  }

  private static func text(_ field: some Any) -> String {
    withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
