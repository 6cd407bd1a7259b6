/// A question to a server. Only the sender's own words: what follows from the settings is added by
/// `HTTPClient`.
struct HTTPRequest {
  enum Method { case get, head }

  var method = Method.get
  var url: String
  /// Where to begin, for the rest of a file.
  var offset = 0
  /// For all of the answer; `nil` where only silence counts.
  var timeout: Duration?
}

/// What a server answered, without the body.
struct HTTPResponse {
  /// Who gave it, after redirects.
  var url = ""
  var status = 0
  /// By names in lower case.
  var headers: [String: String] = [:]
  /// Where the answer leads to.
  var redirect: String?

  var isSuccess: Bool { (200..<300).contains(status) }
  var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) }

  /// The hub's own word for what is wrong.
  var errorCode: String? { headers["x-error-code"] }

  var contentLength: Int? {
    // What is compressed has another length when it arrives.
    guard ["identity", nil].contains(headers["content-encoding"]?.lowercased()) else { return nil }
    return headers["content-length"].flatMap(Self.count)
  }

  /// `Content-Range: bytes 100-199/200`
  var contentRange: (start: Int, total: Int?)? {
    guard let text = headers["content-range"], text.hasPrefix("bytes ") else { return nil }
    let parts = text.dropFirst(6).split(separator: "/")
    guard parts.count == 2, let start = parts[0].split(separator: "-").first.flatMap(Self.count)
    else { return nil }
    return (start, Self.count(parts[1]))
  }

  /// Digits alone: `Int` takes a sign as well.
  static func count(_ text: some StringProtocol) -> Int? {
    let digits = text.drop { $0 == " " }
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(digits)
  }
}
