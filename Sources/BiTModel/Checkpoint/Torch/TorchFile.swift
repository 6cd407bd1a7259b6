import FoundationEssentials

/// Reads a file of PyTorch's `torch.save`, tensors on demand: `pytorch_model.bin`, `.pth`, `.pt`.
///
/// Both forms are read: the zip archive of PyTorch 1.6 and later, and the stream of pickles before.
/// Nothing in a file is executed; see `Unpickler`.
public struct TorchFile: CheckpointReader {
  public let source: String
  public let byteCount: Int
  private let contents: TorchContents

  /// Reads the pickle only.
  /// - Throws: `CheckpointError`.
  public init(path: String) throws(CheckpointError) {
    try self.init(file: FileReader(path: path))
  }

  /// Reads a file that is in memory.
  /// - Parameter name: What errors call it.
  /// - Throws: `CheckpointError`.
  public init(contents: Data, name: String) throws(CheckpointError) {
    try self.init(file: FileReader(contents: contents, name: name))
  }

  init(file: FileReader) throws(CheckpointError) {
    let start = try file.bytes(at: 0, count: min(file.byteCount, 2))
    if start == Array("PK".utf8) {
      try self.init(archive: ZipArchive(file: file))
    } else {
      try self.init(TorchContents(stream: file), source: file.path, byteCount: file.byteCount)
    }
  }

  init(archive: ZipArchive) throws(CheckpointError) {
    try self.init(
      TorchContents(archive: archive), source: archive.source, byteCount: archive.byteCount)
  }

  private init(
    _ contents: TorchContents, source: String, byteCount: Int
  ) throws(CheckpointError) {
    self.source = source
    self.byteCount = byteCount
    self.contents = contents
    try contents.checkWork(file: source)
  }

  public var tensorNames: [String] { contents.tensors.keys.sorted() }

  public func shape(of tensor: String) -> [Int]? { contents.tensors[tensor]?.shape }

  public func elementType(of tensor: String) -> String? {
    contents.tensors[tensor].map(Self.typeName)
  }

  public func read(_ tensor: String) throws(CheckpointError) -> [Float] {
    guard let view = contents.tensors[tensor] else {
      throw .missingTensor(ParameterName(tensor), file: source)
    }
    let typeName = Self.typeName(view)
    guard let type = ElementType(rawValue: typeName) else {
      throw .unsupportedType(tensor: tensor, type: typeName, file: source)
    }
    guard view.count <= max(view.span, Self.repetitionLimit) else {
      throw .malformed(
        file: source,
        reason: "tensor \(quoted(tensor)) of shape \(view.shape) repeats \(view.span) elements"
          + " \(view.count) times in all")
    }
    guard view.count > 0 else { return [] }
    return view.gather(try contents.elements(view, of: type, file: source))
  }

  /// Elements that a tensor may have beyond those that it covers: strides of zero cost no storage.
  private static let repetitionLimit = 1 << 28

  private static func typeName(_ tensor: TorchTensor) -> String {
    tensor.pending.map { "\(tensor.type.name) with '\($0)' yet to be applied" } ?? tensor.type.name
  }
}
