import Crypto

/// What the hub calls a file's contents; the name of its blob in the cache.
///
/// Files that git keeps itself have git's own hash, those of LFS the SHA-256 of their bytes
/// (huggingface_hub, `file_download.py`).
enum ContentHash: Hashable, Sendable, CustomStringConvertible {
  case gitBlob(String)
  case sha256(String)

  /// - Parameter text: An entity tag, with or without quotes.
  /// - Returns: `nil` for anything but the digits of one of the two hashes.
  init?(entityTag text: String) {
    var digits = text[...]
    if digits.hasPrefix("W/") { digits = digits.dropFirst(2) }
    if digits.hasPrefix("\""), digits.hasSuffix("\""), digits.count >= 2 {
      digits = digits.dropFirst().dropLast()
    }
    let isHexadecimal = digits.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
    }
    guard isHexadecimal else { return nil }
    switch digits.utf8.count {
    case 40: self = .gitBlob(String(digits))
    case 64: self = .sha256(String(digits))
    default: return nil
    }
  }

  var description: String {
    switch self {
    case .gitBlob(let digits), .sha256(let digits): digits
    }
  }
}

/// Hashes bytes as they come.
struct ContentHasher {
  private enum State {
    case git(Insecure.SHA1)
    case sha256(SHA256)
  }

  private var state: State

  /// - Parameter byteCount: Of the whole; git hashes it before the bytes.
  init(like hash: ContentHash, byteCount: Int) {
    switch hash {
    case .gitBlob:
      var sha1 = Insecure.SHA1()
      sha1.update(data: Array("blob \(byteCount)\0".utf8))
      state = .git(sha1)
    case .sha256: state = .sha256(SHA256())
    }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    switch state {
    case .git(var sha1):
      sha1.update(bufferPointer: bytes)
      state = .git(sha1)
    case .sha256(var sha256):
      sha256.update(bufferPointer: bytes)
      state = .sha256(sha256)
    }
  }

  /// The hash in hexadecimal digits.
  func finalize() -> String {
    switch state {
    case .git(let sha1): Self.digits(sha1.finalize())
    case .sha256(let sha256): Self.digits(sha256.finalize())
    }
  }

  private static func digits(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
