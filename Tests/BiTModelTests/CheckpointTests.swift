import BiTModel
import FoundationEssentials
import TestSupport
import Testing

struct CheckpointTests {
  private func failure(_ change: (inout TinyCheckpoint) throws -> Void) throws -> CheckpointError? {
    var checkpoint = try TinyCheckpoint()
    try change(&checkpoint)
    return #expect(throws: CheckpointError.self) { try checkpoint.load() }
  }

  @Test("a sound folder opens without a warning")
  func sound() throws {
    let model = try TinyCheckpoint().open()
    #expect(model.warnings.isEmpty)
    #expect(model.configuration.labels == ["cat", "dog"])
    #expect(model.network == (try ModelConfiguration.tiny.makeNetwork()))
    try TinyCheckpoint().load()
  }

  @Test("a missing tensor is named")
  func missing() throws {
    let error = try failure { $0.tensors.remove(at: 3) }
    guard case .missingTensor(let name, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(name.path == (try TinyCheckpoint().tensors[3].name))
  }

  @Test("a misshapen tensor is named with both shapes")
  func misshapen() throws {
    let error = try failure {
      let entry = $0.tensors[0]
      $0.tensors[0] = .init(
        name: entry.name, shape: entry.shape.reversed(), elements: entry.elements)
    }
    let expected = try TinyCheckpoint().tensors[0]
    guard case .shapeMismatch(let name, expected.shape, let found, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(name.path == expected.name && found == expected.shape.reversed())
  }

  @Test("a weight that is not finite is found", arguments: [Float.nan, .infinity, -.infinity])
  func notFinite(_ value: Float) throws {
    let error = try failure {
      let entry = $0.tensors[2]
      var elements = entry.elements
      elements[5] = value
      $0.tensors[2] = .init(name: entry.name, shape: entry.shape, elements: elements)
    }
    guard case .notFinite(_, index: 5, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("tensors that nothing uses are a warning, the first few by name")
  func unused() throws {
    var checkpoint = try TinyCheckpoint()
    for index in 0..<5 {
      checkpoint.tensors.append(.init(name: "zz.\(index)", shape: [1], elements: [0]))
    }
    let warnings = try checkpoint.open().warnings
    #expect(warnings.count == 1)
    #expect(warnings[0].hasSuffix("nothing uses the tensors zz.0, zz.1, zz.2 and 2 more"))
  }

  @Test("a configuration that contradicts the weights is refused")
  func contradiction() throws {
    for (key, value) in [
      ("hidden_sizes", "[64]"), ("embedding_size", "16"), ("num_channels", "1"),
      ("depths", "[2]"), ("layer_type", #""bottleneck""#), ("id2label", #"{"0": "cat"}"#),
      ("hidden_act", #""prelu""#), ("hidden_act", #""xielu""#),
    ] {
      _ = try failure { $0.configuration[key] = value }
    }
  }

  @Test("groups that divide no width, and widths that contradict each other, are refused")
  func impossibleNetworks() throws {
    for (key, value) in [
      ("num_groups", "3"), ("num_groups", "16"), ("width_factor", "2"), ("hidden_sizes", "[36]"),
      ("embedding_size", "1"),
    ] {
      var checkpoint = try TinyCheckpoint()
      checkpoint.configuration[key] = value
      checkpoint.configuration["num_groups", default: "4"] =
        key == "num_groups" ? value : "1"
      let error = #expect(throws: ConfigurationError.self, "\(key) \(value)") {
        try checkpoint.open()
      }
      #expect(error?.description.contains("config.json: ") == true)
    }
  }

  @Test("a folder without weights says what it has")
  func withoutWeights() throws {
    try withTemporaryDirectory { folder in
      #expect(throws: CheckpointError.self) {
        try ModelFiles.open(path: folder.path + "/none")
      }
      #expect(throws: CheckpointError.self) { try ModelFiles.open(path: folder.path) }
      try Data().write(to: folder.appending(path: "pytorch_model.bin"))
      let error = #expect(throws: CheckpointError.self) {
        try ModelFiles.open(path: folder.path)
      }
      #expect(error?.description.contains("pytorch_model.bin") == true)
    }
  }

  @Test("a folder without config.json is refused")
  func withoutConfiguration() throws {
    try withTemporaryDirectory { folder in
      try TinyCheckpoint().write(to: folder)
      let configuration = folder.appending(path: "config.json")
      try FileManager.default.removeItem(at: configuration)
      #expect(
        throws: CheckpointError.missingConfiguration(
          weights: folder.path + "/model.safetensors", path: configuration.path)
      ) {
        try ModelFiles.open(path: folder.path)
      }
    }
  }
}
