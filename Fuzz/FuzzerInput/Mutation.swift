import CFuzzer

/// Mutations of formats that say a thing twice: a checksum, or a header before the data and again
/// in a directory. Most changes would be refused there, before anything else is looked at.
package enum Mutation {
  /// Changes bytes in place, then mends them most of the time.
  /// - Parameter mend: Makes the bytes agree with themselves, without changing how many there are.
  /// - Returns: How many bytes there are now.
  package static func mutate(
    _ data: UnsafeMutablePointer<UInt8>, _ count: Int, capacity: Int, seed: UInt32,
    mend: (UnsafeMutableBufferPointer<UInt8>) -> Void
  ) -> Int {
    let count = LLVMFuzzerMutate(data, count, capacity)
    if seed % 8 != 0 { mend(UnsafeMutableBufferPointer(start: data, count: count)) }
    return count
  }
}

extension UnsafeMutableBufferPointer<UInt8> {
  /// Puts a number's bytes, the lowest first.
  func put(_ value: Int, at offset: Int, count: Int) {
    for index in 0..<count {
      self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
    }
  }

  /// Where some bytes stand.
  func places(of pattern: [UInt8]) -> [Int] {
    guard count >= pattern.count else { return [] }
    return (0...(count - pattern.count)).filter { self[$0...].starts(with: pattern) }
  }
}
