/// Everything that a compiled program depends on, as text, and its hash.
struct ProgramKey: Hashable, Sendable {
  let text: String

  init(_ source: ProgramSource, on device: Device) {
    // Lengths make the concatenation unambiguous.
    let parts = [
      device.platform.name, device.platform.version, device.name, device.vendor, device.version,
      device.driverVersion, source.options, source.text,
    ]
    text = parts.map { "\($0.utf8.count):\($0)\n" }.joined()
  }

  /// The name of the cache's file.
  var fileName: String {
    let digits = String(StableHash.fnv1a(text.utf8), radix: 16)
    return String(repeating: "0", count: 32 - digits.count) + digits + Self.fileSuffix
  }

  static let fileSuffix = ".clbin"
}

/// A hash that is the same in every process, unlike `Hasher`.
package enum StableHash {
  /// FNV-1a with 128 bits (constants: draft-eastlake-fnv, “The FNV Non-Cryptographic Hash Algorithm”, section 5).
  package static func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt128 {
    let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013B
    return bytes.reduce(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d as UInt128) {
      ($0 ^ UInt128($1)) &* prime
    }
  }
}
