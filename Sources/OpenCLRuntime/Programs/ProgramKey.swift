/// Everything that a compiled program depends on, as text.
struct ProgramKey: Hashable, Sendable {
  let text: String

  init(_ source: ProgramSource, on device: Device) {
    text = KeyText.join(device.identity + [source.options, source.text])
  }
}

/// Texts in one, so that no two lists of them give the same.
package enum KeyText {
  package static func join(_ parts: [String]) -> String {
    parts.map { "\($0.utf8.count):\($0)\n" }.joined()
  }
}

extension Device {
  /// What a driver's code for the device depends on: both, with their versions.
  package var identity: [String] {
    [platform.name, platform.version, name, vendor, version, driverVersion]
  }
}

/// A hash that is the same in every process, unlike `Hasher`.
package enum StableHash {
  /// FNV-1a with 128 bits (constants: draft-eastlake-fnv, “The FNV Non-Cryptographic Hash Algorithm”, section 5).
  package static func fnv1a(_ bytes: some Sequence<UInt8>) -> UInt128 {
    // Texts and arrays lie in one piece. A loop over any sequence, called from another module, is
    // not specialised and some hundred times slower.
    bytes.withContiguousStorageIfAvailable { fnv1a(contiguous: $0) }
      ?? Array(bytes).withUnsafeBufferPointer { fnv1a(contiguous: $0) }
  }

  private static func fnv1a(contiguous bytes: UnsafeBufferPointer<UInt8>) -> UInt128 {
    let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013B
    var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
    for byte in bytes { hash = (hash ^ UInt128(byte)) &* prime }
    return hash
  }
}
