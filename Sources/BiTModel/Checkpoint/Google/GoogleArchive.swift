/// A Google release's arrays in PyTorch's order: their kernels are HWIO there.
package struct GoogleArchive: CheckpointReader {
  private let arrays: NumpyArchive

  init(_ arrays: NumpyArchive) { self.arrays = arrays }

  /// - Throws: `CheckpointError`.
  package init(_ archive: ZipArchive) throws(CheckpointError) {
    self.init(try NumpyArchive(archive))
  }

  package var source: String { arrays.source }
  package var byteCount: Int { arrays.byteCount }
  package var tensorNames: [String] { arrays.names }

  package func shape(of tensor: String) -> [Int]? {
    guard let header = arrays.header(of: tensor) else { return nil }
    return Self.axes(header.shape.count, of: tensor).map { header.shape[$0] }
  }

  package func elementType(of tensor: String) -> String? {
    arrays.header(of: tensor).map { $0.type?.rawValue ?? $0.typeDescription }
  }

  package func read(_ tensor: String) throws(CheckpointError) -> [Float] {
    let rank = arrays.header(of: tensor)?.shape.count ?? 0
    return try arrays.read(tensor, axes: Self.axes(rank, of: tensor))
  }

  /// As `NumpyArchive.holdsOnlyZeros`.
  func holdsOnlyZeros(_ tensor: String) throws(CheckpointError) -> Bool {
    try arrays.holdsOnlyZeros(tensor)
  }

  /// Which of an array's axes PyTorch has first, and so on.
  private static func axes(_ rank: Int, of tensor: String) -> [Int] {
    guard tensor.hasSuffix("kernel") else { return Array(0..<rank) }
    switch rank {
    case 4: return [3, 2, 0, 1]
    case 2: return [1, 0]
    default: return Array(0..<rank)
    }
  }
}
