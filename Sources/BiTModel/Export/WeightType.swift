/// A type that weights can be written in.
public enum WeightType: String, Hashable, Sendable, CaseIterable {
  // The raw values are safetensors' names.
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"

  /// What a user calls it.
  public var word: String { rawValue.lowercased() }

  /// What `config.json` calls it.
  public var pytorchName: String {
    switch self {
    case .float32: "float32"
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    }
  }

  public var byteCount: Int { self == .float32 ? 4 : 2 }
}

/// Rounding to nearest, ties to even, by bits: `Float16` needs a CPU feature or a runtime call on
/// x86-64, and there is no type for bfloat16.
package struct HalfRounding: Sendable {
  let fractionBits: Int
  let exponentBits: Int

  package static let float16 = HalfRounding(fractionBits: 10, exponentBits: 5)
  package static let bfloat16 = HalfRounding(fractionBits: 7, exponentBits: 8)

  /// - Parameter value: Finite, and no subnormal Double other than zero.
  /// - Returns: The bits; `nil` beyond the largest number.
  @inline(__always)
  package func bits(of value: Double) -> UInt16? {
    let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 63) << 15
    let magnitude = abs(value)
    let least = 2 - (1 << (exponentBits - 1))
    let exponent = max(Int(magnitude.bitPattern >> 52) - 1023, least)
    // In units of the last place, exactly: a power of two divides it.
    let unit = Double(bitPattern: UInt64(1023 - exponent + fractionBits) << 52)
    // The sum has no digits left below the unit, so it is rounded as the format wants it.
    let units = Int((magnitude * unit + 0x1p52).bitPattern & (1 << 52 - 1))
    // A subnormal number's units, or one that carries, count on into the next exponent.
    let code = (exponent - least) << fractionBits + units
    guard code < (1 << exponentBits - 1) << fractionBits else { return nil }
    return sign | UInt16(truncatingIfNeeded: code)
  }
}
