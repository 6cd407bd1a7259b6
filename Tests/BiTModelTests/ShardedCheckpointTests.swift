import BiTModel
import FoundationEssentials
import TestSupport
import Testing

struct ShardedCheckpointTests {
  /// A folder with an index and two shards, `one` with tensor a and `two` with tensor b.
  private func open(index: String) throws -> ShardedCheckpoint {
    try withTemporaryDirectory { folder in
      let inner = folder.appending(path: "model", directoryHint: .isDirectory)
      try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
      for (name, tensor) in [("one", "a"), ("two", "b")] {
        try SafetensorsWriter.write(
          [.init(name: tensor, shape: [1], elements: [1])],
          to: inner.appending(path: "\(name).safetensors").path)
      }
      // What an index must not reach.
      try SafetensorsWriter.write(
        [.init(name: "a", shape: [1], elements: [2])],
        to: folder.appending(path: "outside.safetensors").path)
      let file = inner.appending(path: "model.safetensors.index.json")
      try Data(index.utf8).write(to: file)
      return try ShardedCheckpoint(indexPath: file.path)
    }
  }

  @Test("tensors are found in their shards")
  func sound() throws {
    let sharded = try open(
      index: """
        {"metadata": {"total_size": 8},
         "weight_map": {"a": "one.safetensors", "b": "two.safetensors"}}
        """)
    #expect(sharded.tensorNames == ["a", "b"])
    #expect(try sharded.read("b") == [1])
    #expect(throws: CheckpointError.self) { try sharded.read("c") }
  }

  @Test(
    "a shard's name must not lead out of the folder",
    arguments: [
      "../outside.safetensors", "/etc/passwd", "..", ".", "", "x/../one.safetensors",
      "./one.safetensors", ".hidden", #"one.safetensors\u0000"#, String(repeating: "x", count: 999),
    ])
  func leadsElsewhere(_ name: String) {
    #expect(throws: CheckpointError.self) { try open(index: #"{"weight_map": {"a": "\#(name)"}}"#) }
  }

  @Test(
    "an index that is damaged or disagrees with its shards is refused",
    arguments: [
      "", "{}", "[]", #"{"weight_map": []}"#, #"{"weight_map": {"a": 1}}"#,
      #"{"weight_map": {"a": "three.safetensors"}}"#, #"{"weight_map": {"b": "one.safetensors"}}"#,
      #"{"weight_map": {"a": "model.safetensors.index.json"}}"#,
      #"{"weight_map": "# + String(repeating: #"{"a":"#, count: 50_000),
      #"{"weight_map": {"# + (0..<2000).map { #""\#($0)": "\#($0)""# }.joined(separator: ",")
        + "}}",
    ])
  func damaged(_ index: String) {
    #expect(throws: CheckpointError.self) { try open(index: index) }
  }
}
