extension ByteSource {
  /// The elements that follow, converted to Float; F64 is rounded to nearest. The caller bounds
  /// `count`.
  ///
  /// Reads in place, or in pieces, so that a tensor costs its own size and little more.
  package func elements(
    _ count: Int, of type: ElementType, order: ByteOrder = .littleEndian
  ) throws(CheckpointError) -> [Float] {
    switch type {
    case .float32 where order == .host: try floats(count)
    case .float32:
      try elements(count, order: order) { (bits: UInt32) in Float(bitPattern: bits) }
    case .float64:
      try elements(count, order: order) { (bits: UInt64) in Float(Double(bitPattern: bits)) }
    case .float16:
      try elements(count, order: order) { (bits: UInt16) in HalfPrecision.float(binary16: bits) }
    case .bfloat16:
      try elements(count, order: order) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
    }
  }

  private func floats(_ count: Int) throws(CheckpointError) -> [Float] {
    var failure: CheckpointError?
    let result = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(CheckpointError) {
        try read(into: UnsafeMutableRawBufferPointer(buffer))
        initialized = count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return result
  }

  private func elements<Stored: FixedWidthInteger>(
    _ count: Int, order: ByteOrder, _ convert: (Stored) -> Float
  ) throws(CheckpointError) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(count)
    var piece = [Stored](repeating: 0, count: min(count, 1 << 16))
    while result.count < count {
      let length = min(piece.count, count - result.count)
      var failure: CheckpointError?
      piece.withUnsafeMutableBytes { bytes in
        let byteCount = length * MemoryLayout<Stored>.stride
        do throws(CheckpointError) {
          try read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<byteCount]))
        } catch { failure = error }
      }
      if let failure { throw failure }
      switch order {
      case .littleEndian:
        for index in 0..<length { result.append(convert(Stored(littleEndian: piece[index]))) }
      case .bigEndian:
        for index in 0..<length { result.append(convert(Stored(bigEndian: piece[index]))) }
      }
    }
    return result
  }
}
