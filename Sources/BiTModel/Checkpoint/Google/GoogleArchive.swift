/// A Google release's arrays in PyTorch's order: their kernels are HWIO there.
struct GoogleArchive: CheckpointReader {
  private let arrays: NumpyArchive

  init(_ arrays: NumpyArchive) { self.arrays = arrays }

  var source: String { arrays.source }
  var byteCount: Int { arrays.byteCount }
  var tensorNames: [String] { arrays.names }

  func shape(of tensor: String) -> [Int]? {
    guard let header = arrays.header(of: tensor) else { return nil }
    return Self.axes(header.shape.count, of: tensor).map { header.shape[$0] }
  }

  func elementType(of tensor: String) -> String? {
    arrays.header(of: tensor).map { $0.type?.rawValue ?? $0.typeDescription }
  }

  func read(_ tensor: String) throws(CheckpointError) -> [Float] {
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
