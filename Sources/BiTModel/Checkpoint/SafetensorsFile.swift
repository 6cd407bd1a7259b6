import FoundationEssentials

/// Reads one safetensors file: F64, F32, F16 and BF16 tensors, on demand.
public struct SafetensorsFile: CheckpointReader {
  private let file: FileReader
  private let header: SafetensorsHeader

  /// Reads and checks the header only.
  /// - Throws: `CheckpointError`.
  public init(path: String) throws(CheckpointError) {
    file = try FileReader(path: path)
    header = try SafetensorsHeader(file: file)
  }

  /// Reads a file that is in memory.
  /// - Parameter name: What errors call it.
  /// - Throws: `CheckpointError`.
  public init(contents: Data, name: String) throws(CheckpointError) {
    file = FileReader(contents: contents, name: name)
    header = try SafetensorsHeader(file: file)
  }

  public var source: String { file.path }
  public var byteCount: Int { file.byteCount }
  public var tensorNames: [String] { header.entries.keys.sorted() }
  public func shape(of tensor: String) -> [Int]? { header.entries[tensor]?.shape }
  public func elementType(of tensor: String) -> String? { header.entries[tensor]?.dtype }

  public func read(_ tensor: String) throws(CheckpointError) -> [Float] {
    guard let entry = header.entries[tensor] else {
      throw .missingTensor(ParameterName(tensor), file: source)
    }
    guard let type = SafetensorsType(rawValue: entry.dtype) else {
      throw .unsupportedType(tensor: tensor, type: entry.dtype, file: source)
    }
    let offset = header.dataOffset + entry.begin
    let count = entry.byteCount / type.byteCount
    switch type {
    case .float32:
      return try elements(count, at: offset, of: UInt32.self) {
        Float(bitPattern: UInt32(littleEndian: $0))
      }
    case .float64:
      return try elements(count, at: offset, of: UInt64.self) {
        Float(Double(bitPattern: UInt64(littleEndian: $0)))
      }
    case .float16:
      return try elements(count, at: offset, of: UInt16.self) {
        HalfPrecision.float(binary16: UInt16(littleEndian: $0))
      }
    case .bfloat16:
      return try elements(count, at: offset, of: UInt16.self) {
        Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16)
      }
    }
  }

  /// Reads in pieces, so that a tensor costs its own size and little more.
  private func elements<Stored: FixedWidthInteger>(
    _ count: Int, at offset: Int, of: Stored.Type, _ convert: (Stored) -> Float
  ) throws(CheckpointError) -> [Float] {
    let size = MemoryLayout<Stored>.stride
    var result: [Float] = []
    result.reserveCapacity(count)
    var piece = [Stored](repeating: 0, count: min(count, 1 << 16))
    while result.count < count {
      let length = min(piece.count, count - result.count)
      var failure: CheckpointError?
      piece.withUnsafeMutableBytes { bytes in
        let target = UnsafeMutableRawBufferPointer(rebasing: bytes[..<(length * size)])
        do throws(CheckpointError) {
          try file.read(at: offset + result.count * size, into: target)
        } catch { failure = error }
      }
      if let failure { throw failure }
      for index in 0..<length { result.append(convert(piece[index])) }
    }
    return result
  }
}

/// IEEE 754 binary16 by its bits: `Float16` needs a CPU feature or a runtime call on x86-64.
enum HalfPrecision {
  static func float(binary16 bits: UInt16) -> Float {
    let sign = UInt32(bits >> 15) << 31
    let exponent = UInt32(bits >> 10) & 0x1f
    let fraction = UInt32(bits) & 0x3ff
    switch exponent {
    case 0:
      // Subnormal: fraction · 2⁻²⁴.
      let magnitude = Float(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    case 0x1f: return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
