import BiTModel
import FoundationEssentials
import TestSupport
import Testing

/// Files that PyTorch wrote (`Tests/Fixtures/torch`).
struct TorchFileTests {
  private static let folder = Fixtures.url("torch")

  /// Files that are read, with the names of the tensors that are expected of them.
  private static let expected: [String: [String]] = {
    guard
      let golden = try? SafetensorsFile(path: folder.appending(path: "expected.safetensors").path)
    else { return [:] }
    return Dictionary(grouping: golden.tensorNames) { String($0.prefix { $0 != "/" }) }
  }()

  @Test("every tensor is what PyTorch read", arguments: expected.keys.sorted())
  func readable(_ name: String) throws {
    let golden = try SafetensorsFile(
      path: Self.folder.appending(path: "expected.safetensors").path)
    let file = try TorchFile(path: Self.folder.appending(path: name).path)
    for key in try #require(Self.expected[name]) {
      let tensor = String(key.dropFirst(name.count + 1))
      #expect(file.shape(of: tensor) == golden.shape(of: key), "\(key)")
      let (values, wanted) = (try file.read(tensor), try golden.read(key))
      #expect(values.map(\.bitPattern) == wanted.map(\.bitPattern), "\(key)")
    }
    let floats: Set = ["F64", "F32", "F16", "BF16"]
    let others = file.tensorNames.filter { !floats.contains(file.elementType(of: $0) ?? "") }
    #expect(file.tensorNames.count == (Self.expected[name]?.count ?? 0) + others.count)
    for tensor in others {
      #expect(throws: CheckpointError.self) { try file.read(tensor) }
    }
    #expect(throws: CheckpointError.self) { try file.read("none") }
  }

  @Test("all files of the folder are looked at")
  func complete() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    let known = Set(Self.expected.keys).union(Self.refused.map(\.file))
    #expect(Set(files).subtracting(["generate.py", "expected.safetensors"]) == known)
  }

  @Test("types have safetensors' names", arguments: ["types.pt", "types-legacy.pt"])
  func types(_ name: String) throws {
    let file = try TorchFile(path: Self.folder.appending(path: name).path)
    let types = [
      "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64",
      "int32": "I32", "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL",
      "complex64": "C64", "scalar": "F32", "empty": "F32",
    ]
    for (tensor, type) in types { #expect(file.elementType(of: tensor) == type) }
    #expect(Set(file.tensorNames) == Set(types.keys))
    #expect(file.shape(of: "scalar") == [] && file.shape(of: "empty") == [0, 3])
  }

  @Test("a training's averaged weights are preferred, wrappers' prefixes taken away")
  func training() throws {
    for name in ["training.pth.tar", "training-legacy.pth.tar"] {
      let file = try TorchFile(path: Self.folder.appending(path: name).path)
      #expect(
        file.tensorNames == [
          "0.bias", "0.weight", "1.bias", "1.num_batches_tracked", "1.running_mean",
          "1.running_var", "1.weight",
        ])
      #expect(file.elementType(of: "0.weight") == "F64")
    }
  }

  private static let refused: [(file: String, words: [String])] = [
    ("refused-namespace.pt", ["argparse.Namespace", "weights_only=False"]),
    ("refused-numpy.pt", ["numpy", "scalar", "save_file"]),
    ("refused-quantized.pt", ["torch._utils._rebuild_qtensor", "quantised"]),
    ("refused-sparse.pt", ["torch._utils._rebuild_sparse_tensor", "to_dense"]),
    ("refused-meta.pt", ["torch._utils._rebuild_meta_tensor_no_storage", "no values"]),
    ("refused-module.pt", ["torch.nn.modules.linear.Linear", "model.state_dict()"]),
    ("refused-list.pt", ["a list", "state_dict"]),
    (
      "refused-tensorless.pt", ["'epoch' (an integer), 'weights' (a dictionary)", "state_dict_ema"]
    ),
    ("refused-script.pt", ["TorchScript", "torch.jit.load"]),
  ]

  @Test("what is not tensors alone is refused by name, with what to do")
  func refusals() throws {
    for (name, words) in Self.refused {
      let error = #expect(throws: CheckpointError.self, "\(name)") {
        try TorchFile(path: Self.folder.appending(path: name).path)
      }
      for word in words {
        #expect(error?.description.contains(word) == true, "\(name): \(error?.description ?? "")")
      }
    }
  }

  @Test("a file cut off anywhere is refused", arguments: ["floats.pt", "protocol-3-legacy.bin"])
  func truncated(_ name: String) throws {
    let whole = try Data(contentsOf: Self.folder.appending(path: name))
    for count in 0..<whole.count {
      #expect(throws: CheckpointError.self, "\(count)") {
        try TorchFile(contents: whole.prefix(count), name: name)
      }
    }
  }

  @Test(
    "bytes that are changed at random are an error or tensors, never a crash",
    arguments: ["types.pt", "types-legacy.pt", "views-deflated.pt", "training.pth.tar"])
  func mutations(_ name: String) throws {
    let whole = Array(try Data(contentsOf: Self.folder.appending(path: name)))
    var generator = SplitMix64(seed: 2)
    for _ in 0..<3000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      read(bytes)
    }
  }

  /// Reads all that can be read.
  private func read(_ bytes: [UInt8]) {
    guard let file = try? TorchFile(contents: Data(bytes), name: "x") else { return }
    for tensor in file.tensorNames {
      guard let shape = file.shape(of: tensor), let values = try? file.read(tensor) else {
        continue
      }
      #expect(values.count == shape.reduce(1, *))
    }
  }
}
