import CCurl

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension Setback {
  private static let checkConnection =
    "Look at the connection, at HF_ENDPOINT and at the proxy variables (HTTPS_PROXY, NO_PROXY)"

  /// - Throws: `HubError` for what will not be better next time.
  init(transport url: String, code: Int, reason: String) throws(HubError) {
    let shown = HubError.excerpt(url.split(separator: "?").first ?? "")
    switch code {
    case BITCL_CURL_CERTIFICATE, BITCL_CURL_CA_FILE:
      throw .unreachable(
        url: shown, reason: reason,
        advice: "The server's certificate is signed by nobody who is trusted here: name the"
          + " authority's file with SSL_CERT_FILE, or look for a proxy that opens connections")
    case BITCL_CURL_CANNOT_RESOLVE_HOST, BITCL_CURL_CANNOT_RESOLVE_PROXY,
      BITCL_CURL_CANNOT_CONNECT:
      // Nobody there: once more is enough.
      self.init(url: shown, reason: reason, advice: Self.checkConnection, attempts: 2)
    default:
      self.init(url: shown, reason: reason, advice: Self.checkConnection, attempts: .max)
    }
  }

  /// - Returns: `nil` for a status that will be the same next time.
  init?(_ response: HTTPResponse) {
    guard [408, 429, 500, 502, 503, 504].contains(response.status) else { return nil }
    let delay = response.headers["retry-after"].flatMap(Self.delay)
    let asked = delay.map { ", and asks to come back in \($0.components.seconds) s" } ?? ""
    self.init(
      url: HubError.excerpt(response.url.split(separator: "?").first ?? ""),
      reason: "the server answered HTTP \(response.status)\(asked)",
      advice: response.status == 429
        ? "It limits how often it may be asked: wait, or log in (HF_TOKEN), which raises the limit"
        : "Try again later; what was downloaded so far is kept",
      attempts: .max, requestedDelay: delay)
  }

  /// `Retry-After`: seconds or a date (RFC 9110, 10.2.3).
  private static func delay(_ text: String) -> Duration? {
    if let seconds = HTTPResponse.count(text) { return .seconds(min(seconds, 1_000_000)) }
    guard let date = httpDate(text) else { return nil }
    return .seconds(max(0, min(date - Int(Date().timeIntervalSince1970), 1_000_000)))
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT` as seconds since 1970.
  static func httpDate(_ text: String) -> Int? {
    let parts = text.split { " :,-".contains($0) }
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    guard parts.count == 8, parts[7] == "GMT", let month = months.firstIndex(of: String(parts[2]))
    else { return nil }
    let numbers = [parts[1], parts[3], parts[4], parts[5], parts[6]].compactMap(HTTPResponse.count)
    guard numbers.count == 5, (1970...9999).contains(numbers[1]), (1...31).contains(numbers[0]),
      numbers[2] < 24, numbers[3] < 60, numbers[4] <= 60
    else { return nil }
    // Days since 1970 of a date of the Gregorian calendar, with years that begin in March.
    let year = numbers[1] - (month < 2 ? 1 : 0)
    let day = (153 * ((month + 10) % 12) + 2) / 5 + numbers[0] - 1
    let days = 365 * year + year / 4 - year / 100 + year / 400 + day - 719_468
    return days * 86400 + numbers[2] * 3600 + numbers[3] * 60 + numbers[4]
  }
}
