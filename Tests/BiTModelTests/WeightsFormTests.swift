import BiTModel
import FoundationEssentials
import TestSupport
import Testing

/// Weights are told by their content, whatever their file is called.
struct WeightsFormTests {
  /// A model folder with weights of some bytes, as a backend would read it.
  private func load(_ files: [String: Data], opening name: String? = nil) throws -> [[Float]] {
    let checkpoint = try TinyCheckpoint()
    return try withTemporaryDirectory { folder in
      try Data(checkpoint.json.utf8).write(to: folder.appending(path: "config.json"))
      for (name, bytes) in files { try bytes.write(to: folder.appending(path: name)) }
      let path = name.map { folder.appending(path: $0).path } ?? folder.path
      let model = try ModelFiles.open(path: path)
      return try model.network.parameters.map { try model.weights.values(of: $0) }
    }
  }

  private func expectRefusal(
    _ content: Data, named name: String = "pytorch_model.bin", _ words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) {
      try load([name: content])
    }
    let text = error?.description ?? ""
    #expect(text.contains(words), "\(text)", sourceLocation: sourceLocation)
  }

  private let entries: [SafetensorsWriter.Entry]
  private let safetensors: Data
  private let archive: Data
  private let stream: Data

  init() throws {
    entries = try TinyCheckpoint().tensors
    safetensors = try SafetensorsWriter.encode(entries)
    archive = Data(TorchBuilder.archive(entries).bytes)
    stream = Data(TorchBuilder.stream(entries))
  }

  @Test("the forms hold the same weights, under each other's names too")
  func content() throws {
    let expected = try load(["model.safetensors": safetensors])
    for content in [safetensors, archive, stream] {
      for name in ["model.safetensors", "pytorch_model.bin", "weights.pth", "last.pth.tar"] {
        #expect(try load([name: content]) == expected)
        #expect(try load([name: content], opening: name) == expected)
      }
    }
  }

  @Test("safetensors go before a .bin, which need not even be sound")
  func preference() throws {
    let expected = try load(["model.safetensors": safetensors])
    let others = ["pytorch_model.bin": Data([1, 2, 3]), "model.safetensors": safetensors]
    #expect(try load(others) == expected)
  }

  @Test("shards are of any form, and mixed")
  func shards() throws {
    let expected = try load(["model.safetensors": safetensors])
    let (first, second) = (Array(entries.prefix(5)), Array(entries.dropFirst(5)))
    let map =
      first.map { #""\#($0.name)": "one.bin""# } + second.map { #""\#($0.name)": "two.bin""# }
    let index = Data(#"{"weight_map": {\#(map.joined(separator: ", "))}}"#.utf8)
    for one in [Data(TorchBuilder.archive(first).bytes), try SafetensorsWriter.encode(first)] {
      let files = [
        "pytorch_model.bin.index.json": index, "one.bin": one,
        "two.bin": Data(TorchBuilder.stream(second)),
      ]
      #expect(try load(files) == expected)
      #expect(try load(files, opening: "pytorch_model.bin.index.json") == expected)
    }
    expectRefusal(index, named: "pytorch_model.bin.index.json", "which is not beside it")
  }

  @Test("what users take for weights is named, with what to do")
  func others() {
    expectRefusal(Data("version https://git-lfs.github.com/spec/v1\n".utf8), "git lfs pull")
    expectRefusal(Data("<!DOCTYPE html><html>".utf8), "web page")
    expectRefusal(Data([0x1f, 0x8b, 8, 0]), "gzip")
    expectRefusal(Data([0x89] + "HDF\r\n".utf8), "HDF5")
    expectRefusal(Data(ZipBuilder([.init("a.txt", [1])]).bytes), "data.pkl")
    expectRefusal(Data(), "cut off")
    expectRefusal(Data(), named: "model.safetensors", "too few")
  }

  @Test("a pickle that runs programs is refused by name under any name")
  func attack() {
    let pickle = PickleBuilder.pickle {
      $0.call("os", "system") { $0.string("touch /tmp/bitcl-pickle-was-executed") }
    }
    for content in [
      Data(pickle), Data(TorchBuilder.stream(pickle)), Data(TorchBuilder.archive(pickle).bytes),
    ] {
      for name in ["pytorch_model.bin", "model.safetensors", "a.pt", "a.npz"] {
        expectRefusal(content, named: name, "os.system")
      }
    }
    expectRefusal(Data("cposix\nsystem\n(S'true'\ntR.".utf8), "posix.system")
    #expect(!FileManager.default.fileExists(atPath: "/tmp/bitcl-pickle-was-executed"))
  }

  @Test("integers listed as weights are refused by their type")
  func integers() throws {
    let pickle = PickleBuilder.pickle {
      $0.opcodes("}(")
      for (index, entry) in entries.enumerated() {
        $0.string(entry.name)
        $0.tensor(
          "IntStorage", key: "\(index)", storageCount: entry.elements.count, shape: entry.shape,
          strides: PickleBuilder.strides(entry.shape))
      }
      $0.opcodes("u")
    }
    let storages = entries.enumerated().map { ("\($0)", TorchBuilder.bytes($1.elements)) }
    expectRefusal(Data(TorchBuilder.stream(pickle, storages: storages)), "of type I32")
  }
}
