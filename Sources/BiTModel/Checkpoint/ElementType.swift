/// An element type that can hold weights, under the name that safetensors has for it.
package enum ElementType: String, Sendable, CaseIterable {
  case float64 = "F64"
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"

  package var byteCount: Int {
    switch self {
    case .float64: 8
    case .float32: 4
    case .float16, .bfloat16: 2
    }
  }
}

/// Which byte of a number is stored first.
package enum ByteOrder: Sendable {
  case littleEndian, bigEndian

  /// This machine's.
  static var host: ByteOrder { 1.littleEndian == 1 ? .littleEndian : .bigEndian }
}
