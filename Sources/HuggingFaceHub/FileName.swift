/// The name of a file in a repository, safe to be used below a folder of the cache.
struct FileName: Hashable, Sendable, CustomStringConvertible {
  let description: String

  /// Only files of the repository's top folder are needed, so that a name is one component.
  /// - Returns: `nil` for what could lead out of its folder on this or on another system, is too
  ///   long for a file system, or cannot be shown.
  init?(_ text: String) {
    let isPlain = text.unicodeScalars.allSatisfy { scalar in
      scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
        && !"/\\:".unicodeScalars.contains(scalar)
    }
    guard isPlain, !text.isEmpty, text.utf8.count <= 255, !text.hasPrefix(".")
    else { return nil }
    description = text
  }
}

extension String {
  /// Percent-encoded as one component of an address (RFC 3986, unreserved characters are kept).
  var addressComponent: String {
    let digits = Array("0123456789ABCDEF")
    return utf8.reduce(into: "") { result, byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        result += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
  }
}
