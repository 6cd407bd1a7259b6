import BiTModel
import FoundationEssentials

enum IndexProperties {
  static func examine(_ bytes: [UInt8]) throws(BrokenProperty) {
    let index = try parsedTwice("the index") {
      try ShardIndex(json: Data(bytes), file: "fuzzed.index.json")
    }
    guard let index else { return }
    for name in index.files {
      // One component of a path, and neither the folder itself nor the one above it.
      let isPlain =
        !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 255
        && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
      try require(isPlain, "a shard is called '\(name)'")
    }
    try require(Set(index.files) == Set(index.fileOfTensor.values), "shards differ from the map's")
  }
}
