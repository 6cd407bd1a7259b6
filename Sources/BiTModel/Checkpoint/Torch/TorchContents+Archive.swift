extension TorchContents {
  /// The form since PyTorch 1.6 (`torch/serialization.py`, `_save`): a zip archive of `data.pkl`,
  /// `data/KEY` for every storage, `byteorder` and `version`, all in a folder of any name.
  init(archive: ZipArchive) throws(CheckpointError) {
    let root = try Self.root(of: archive)
    guard archive["\(root)constants.pkl"] == nil else {
      throw .unsupportedForm(
        path: archive.source, found: "a TorchScript program",
        hint: "Save its tensors: torch.save(torch.jit.load(FILE).state_dict(), NEW)")
    }
    try Self.checkVersion(archive, root: root)
    let order = try Self.byteOrder(archive, root: root)
    guard let pickle = archive["\(root)data.pkl"] else { throw Self.noPickle(archive) }
    let bytes = try archive.contents(of: pickle, limit: PickleBytes.byteLimit)
    var unpickler = Unpickler(file: FileReader(bytes: bytes, name: archive.source))
    let tensors = try StateDictionary(try unpickler.load(), in: unpickler).tensors
    var locations: [Int: Location] = [:]
    for (_, tensor) in tensors.sorted(by: { $0.key < $1.key })
    where locations[tensor.storage] == nil {
      let storage = unpickler.objects.storages[tensor.storage]
      guard storage.byteCount > 0 else { continue }
      guard let member = archive["\(root)data/\(storage.key)"],
        member.byteCount == storage.byteCount
      else {
        throw .malformed(
          file: archive.source,
          reason: "it lacks \(quoted("\(root)data/\(storage.key)")) of \(storage.byteCount) bytes")
      }
      locations[tensor.storage] = .member(member)
    }
    self.init(tensors: tensors, locations: locations, order: order, archive: archive)
  }

  /// The folder that everything is in, with its slash: that of the `data.pkl` nearest to the top.
  private static func root(of archive: ZipArchive) throws(CheckpointError) -> String {
    let folders = archive.members.compactMap { member -> Substring? in
      let name = member.name
      guard name == "data.pkl" || name.hasSuffix("/data.pkl") else { return nil }
      return name.dropLast("data.pkl".count)
    }
    func depth(_ folder: Substring) -> Int { folder.utf8.count { $0 == UInt8(ascii: "/") } }
    guard let root = folders.min(by: { depth($0) < depth($1) }) else { throw noPickle(archive) }
    guard folders.count(where: { depth($0) == depth(root) }) == 1 else {
      throw .malformed(file: archive.source, reason: "it holds several files named data.pkl")
    }
    return String(root)
  }

  private static func noPickle(_ archive: ZipArchive) -> CheckpointError {
    let names = archive.members.prefix(4).map { quoted($0.name) }
    return .malformed(
      file: archive.source,
      reason: "it is a zip archive without PyTorch's data.pkl; it holds "
        + (names.isEmpty ? "nothing" : names.joined(separator: ", ")))
  }

  /// The newest version that PyTorch reads (`caffe2/serialize/versions.h`).
  private static let newestVersion = 10

  private static func checkVersion(
    _ archive: ZipArchive, root: String
  ) throws(CheckpointError) {
    guard let member = archive["\(root)version"] else { return }
    let text = String(decoding: try archive.contents(of: member, limit: 32), as: UTF8.self)
    let version = Int(text.filter { !$0.isWhitespace })
    guard let version, (1...newestVersion).contains(version) else {
      throw .malformed(
        file: archive.source,
        reason: "its version is \(quoted(text)); 1 to \(newestVersion) are known")
    }
  }

  /// Files without it are little-endian, as PyTorch decides too.
  private static func byteOrder(
    _ archive: ZipArchive, root: String
  ) throws(CheckpointError) -> ByteOrder {
    guard let member = archive["\(root)byteorder"] else { return .littleEndian }
    switch String(decoding: try archive.contents(of: member, limit: 32), as: UTF8.self) {
    case "little": return .littleEndian
    case "big": return .bigEndian
    case let other:
      throw .malformed(file: archive.source, reason: "its byte order is \(quoted(other))")
    }
  }
}
