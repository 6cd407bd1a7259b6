/// A file, or several that belong together, with named tensors. One conformance a format.
public protocol CheckpointReader: Sendable {
  /// The file's or folder's name, for errors.
  var source: String { get }

  /// The size of the files that hold the tensors.
  var byteCount: Int { get }

  /// The names as they are stored.
  var tensorNames: [String] { get }

  /// - Returns: The extents of a tensor in PyTorch's order, `nil` if there is no such tensor.
  func shape(of tensor: String) -> [Int]?

  /// The name of a tensor's element type, as safetensors writes it: `F32`, `BF16`, `I64`.
  func elementType(of tensor: String) -> String?

  /// Reads a tensor, row-major, converted to Float.
  /// - Throws: `CheckpointError`.
  func read(_ tensor: String) throws(CheckpointError) -> [Float]
}
