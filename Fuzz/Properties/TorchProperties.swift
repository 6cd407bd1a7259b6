import BiTModel
import FoundationEssentials

enum TorchProperties {
  /// What bytes that are no archive are put beside as an archive's data.pkl: "0" has 16 floats,
  /// "1" three doubles, or six floats, or twelve halves.
  private static let storages: [(name: String, content: [UInt8])] = [
    ("archive/data/0", (0..<16).flatMap { [0, 0, $0 << 3, 0x40] as [UInt8] }),
    ("archive/data/1", (0..<24).map { $0 | 0x30 }),
  ]

  static func examine(_ bytes: [UInt8]) throws(BrokenProperty) {
    try examine(file: bytes)
    guard !bytes.starts(with: "PK".utf8) else { return }
    try examine(file: StoredArchive.bytes([("archive/data.pkl", bytes)] + storages))
  }

  private static func examine(file bytes: [UInt8]) throws(BrokenProperty) {
    let names = try parsedTwice("the file") { try open(bytes).tensorNames }
    guard names != nil, let file = try? open(bytes) else { return }
    try CheckpointProperties.examine(file, storesAll: false)
  }

  private static func open(_ bytes: [UInt8]) throws(CheckpointError) -> TorchFile {
    try TorchFile(contents: Data(bytes), name: "fuzzed.pt")
  }
}
