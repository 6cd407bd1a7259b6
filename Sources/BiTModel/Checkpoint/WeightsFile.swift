/// Tells by a file's first bytes how its tensors are to be read.
enum WeightsFile {
  /// - Throws: `CheckpointError`, also for a file that holds no tensors.
  static func open(path: String) throws(CheckpointError) -> any CheckpointReader {
    let file = try FileReader(path: path)
    let start = try file.bytes(at: 0, count: min(file.byteCount, 64))
    if start.first == UInt8(ascii: "{"), path.hasSuffix(".index.json") {
      return try ShardedSafetensors(indexPath: path)
    }
    if start.starts(with: "PK".utf8) { return try archived(ZipArchive(file: file)) }
    if let found = other(start) {
      throw .unsupportedForm(path: path, found: found.name, hint: found.hint)
    }
    return try SafetensorsFile(path: path)
  }

  /// numpy's archives and PyTorch's are both zip files.
  private static func archived(
    _ archive: ZipArchive
  ) throws(CheckpointError) -> any CheckpointReader {
    if archive.members.contains(where: { $0.name.hasSuffix(".npy") }) {
      return GoogleArchive(try NumpyArchive(archive))
    }
    let names = archive.members.prefix(3).map(\.name).joined(separator: ", ")
    throw .unsupportedForm(
      path: archive.source, found: "a zip archive of \(names.isEmpty ? "nothing" : names)",
      hint: "PyTorch's files have a data.pkl, numpy's have members that end in .npy")
  }

  /// What a file is that users take for weights and that is not.
  private static func other(_ start: [UInt8]) -> (name: String, hint: String)? {
    if start.starts(with: "version https://git-lfs".utf8) {
      return ("a pointer of Git LFS instead of the file", "Run 'git lfs pull' in its folder")
    }
    if start.starts(with: [0x89] + Array("HDF".utf8)) {
      return ("Keras's or TensorFlow's HDF5 form", "Give the .npz of the same name")
    }
    return nil
  }
}
