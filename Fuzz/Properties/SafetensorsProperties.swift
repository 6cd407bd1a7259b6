import BiTModel
import FoundationEssentials

enum SafetensorsProperties {
  static func examine(_ bytes: [UInt8]) throws(BrokenProperty) {
    let names = try parsedTwice("the table") { try open(bytes).tensorNames }
    guard names != nil, let file = try? open(bytes) else { return }
    try CheckpointProperties.examine(file, storesAll: true)
  }

  private static func open(_ bytes: [UInt8]) throws(CheckpointError) -> SafetensorsFile {
    try SafetensorsFile(contents: Data(bytes), name: "fuzzed.safetensors")
  }
}
