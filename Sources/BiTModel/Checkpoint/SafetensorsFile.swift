import FoundationEssentials

/// Reads one safetensors file: F64, F32, F16 and BF16 tensors, on demand.
public struct SafetensorsFile: CheckpointReader {
  private let file: FileReader
  private let header: SafetensorsHeader

  /// Reads and checks the header only.
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
    self.file = file
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
    guard let type = ElementType(rawValue: entry.dtype) else {
      throw .unsupportedType(tensor: tensor, type: entry.dtype, file: source)
    }
    let stream = FileStream(file, at: header.dataOffset + entry.begin)
    return try stream.elements(entry.byteCount / type.byteCount, of: type)
  }
}
