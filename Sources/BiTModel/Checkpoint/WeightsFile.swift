/// Tells by a file's first bytes how its tensors are to be read, whatever its name is.
enum WeightsFile {
  /// - Throws: `CheckpointError`, also for a file that holds no tensors.
  static func open(path: String) throws(CheckpointError) -> any CheckpointReader {
    guard path.hasSuffix(".index.json") else { return try openSingle(path: path) }
    return try ShardedCheckpoint(indexPath: path)
  }

  /// Opens a file that holds its tensors itself.
  static func openSingle(path: String) throws(CheckpointError) -> any CheckpointReader {
    let file = try FileReader(path: path)
    let start = try file.bytes(at: 0, count: min(file.byteCount, 64))
    if start.starts(with: "PK".utf8) { return try archived(ZipArchive(file: file)) }
    if let found = other(start) {
      throw .unsupportedForm(path: path, found: found.name, hint: found.hint)
    }
    return isPickle(start, path: path) ? try TorchFile(file: file) : try SafetensorsFile(file: file)
  }

  /// numpy's archives and PyTorch's are both zip files.
  private static func archived(
    _ archive: ZipArchive
  ) throws(CheckpointError) -> any CheckpointReader {
    if archive.members.contains(where: { $0.name.hasSuffix(".npy") }) {
      return try GoogleArchive(archive)
    }
    if archive.members.contains(where: { $0.name.hasSuffix("data.pkl") }) {
      return try TorchFile(archive: archive)
    }
    let names = archive.members.prefix(3).map(\.name).joined(separator: ", ")
    throw .unsupportedForm(
      path: archive.source, found: "a zip archive of \(names.isEmpty ? "nothing" : names)",
      hint: "PyTorch's files have a data.pkl, numpy's have members that end in .npy")
  }

  /// Safetensors files have a brace behind their header's length. Of the rest, pickles of protocol 2
  /// and later have a mark; older ones, and PyTorch's tar archives, are known by their names only.
  private static func isPickle(_ start: [UInt8], path: String) -> Bool {
    if start.count > 8, start[8] == UInt8(ascii: "{") { return false }
    if start.count > 1, start[0] == 0x80, start[1] <= 5 { return true }
    return [".bin", ".pth", ".pt", ".tar", ".pkl", ".ckpt"].contains { path.hasSuffix($0) }
  }

  /// What a file is that users take for weights and that is not.
  private static func other(_ start: [UInt8]) -> (name: String, hint: String)? {
    if start.starts(with: "version https://git-lfs".utf8) {
      return ("a pointer of Git LFS instead of the file", "Run 'git lfs pull' in its folder")
    }
    if start.starts(with: [0x89] + Array("HDF".utf8)) {
      return ("Keras's or TensorFlow's HDF5 form", "Give the .npz of the same name")
    }
    if start.starts(with: [0x1f, 0x8b]) {
      return ("a gzip file's content", "Expand it first: gunzip FILE.gz, or tar -xzf FILE.tar.gz")
    }
    if ["<!DOCTYPE", "<!doctype", "<html"].contains(where: { start.starts(with: $0.utf8) }) {
      return ("a web page instead of the file", "Download it again, by the link that says so")
    }
    return nil
  }
}
