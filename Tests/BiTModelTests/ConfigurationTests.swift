import BiTModel
import FoundationEssentials
import Testing

struct ConfigurationTests {
  private func decode(
    _ json: String, hasClassifier: Bool = true
  ) throws(ConfigurationError) -> ModelConfiguration {
    try ModelConfiguration(
      json: Data(json.utf8), hasClassifier: hasClassifier, file: "config.json")
  }

  /// A configuration with one more key.
  private func decode(adding keys: String) throws(ConfigurationError) -> ModelConfiguration {
    try decode(#"{"model_type": "bit", \#(keys)}"#)
  }

  @Test("what the file leaves out is google/bit-50's")
  func defaults() throws {
    var expected = ModelConfiguration()
    expected.labels = ["LABEL_0", "LABEL_1"]
    #expect(try decode(#"{"model_type": "bit"}"#) == expected)
    expected.task = .features
    #expect(try decode(#"{"model_type": "bit"}"#, hasClassifier: false) == expected)
  }

  @Test("an error is short, whatever the file holds")
  func longNames() throws {
    let name = String(repeating: "ä", count: 1 << 20)
    for json in [
      #"{"model_type": "\#(name)"}"#, #"{"model_type": "bit", "hidden_act": "\#(name)"}"#,
      #"{"model_type": "bit", "id2label": {"\#(name)": "a"}}"#,
    ] {
      let error = #expect(throws: ConfigurationError.self) { try decode(json) }
      #expect(try #require(error).description.utf8.count < 8100)
    }
  }

  @Test("null counts as left out, and unknown keys are ignored")
  func nulls() throws {
    let keys = [
      "depths", "hidden_sizes", "global_padding", "hidden_act", "id2label", "num_labels",
      "problem_type", "out_features", "architectures", "width_factor",
    ]
    let json = keys.map { "\"\($0)\": null" }.joined(separator: ", ")
    #expect(try decode(adding: json + #", "torch_dtype": "float32""#).depths == [3, 4, 6, 3])
  }

  @Test("every name of ACT2FN is an activation, and nothing else is")
  func activations() throws {
    for name in ["relu", "gelu_new", "gelu_python", "swish", "xielu", "quick_gelu", "laplace"] {
      #expect(throws: Never.self) { try decode(adding: #""hidden_act": "\#(name)""#) }
    }
    for name in ["", "ReLU", "elu", "geglu", "relu "] {
      #expect(throws: ConfigurationError.self) {
        try decode(adding: #""hidden_act": "\#(name)""#)
      }
    }
  }

  @Test("labels stand at their numbers; gaps and plain counts get transformers' names")
  func labels() throws {
    #expect(try decode(adding: #""id2label": {"1": "b", "0": "a"}"#).labels == ["a", "b"])
    #expect(try decode(adding: #""id2label": {"0": 7, "2": "c"}"#).labels == ["7", "LABEL_1"])
    // Of two spellings of a number, the same one counts each time.
    for _ in 0..<8 {
      let twice = try decode(adding: #""id2label": {"1": "b", "01": "c", "0": "a"}"#)
      #expect(twice.labels == ["a", "b", "LABEL_2"])
    }
    #expect(try decode(adding: #""num_labels": 3"#).labels.last == "LABEL_2")
    #expect(try decode(adding: #""num_labels": 0"#).labels.isEmpty)
  }

  @Test("a backbone hands out the stages it names, in the network's order")
  func backboneStages() throws {
    let backbone = #""architectures": ["BitBackbone"], "depths": [1, 1, 1, 1]"#
    func stages(_ keys: String) throws -> ModelConfiguration.Task {
      try decode(adding: "\(backbone), \(keys)").task
    }
    #expect(
      try stages(#""out_features": ["stage4", "stem", "stage2"]"#) == .backbone(stages: [0, 2, 4]))
    #expect(try stages(#""out_indices": [3, 1]"#) == .backbone(stages: [1, 3]))
    #expect(try stages(#""out_indices": [-1, 0]"#) == .backbone(stages: [0, 4]))
    #expect(try stages(#""out_features": []"#) == .backbone(stages: [4]))
    for keys in [#""out_features": ["stage5"]"#, #""out_indices": [5]"#, #""out_indices": [-6]"#] {
      #expect(throws: ConfigurationError.self) { try stages(keys) }
    }
  }

  @Test(
    "another model's file is refused by its type",
    arguments: [#"{"model_type": "resnet"}"#, "{}", #"{"model_type": null}"#])
  func wrongModelType(_ json: String) {
    let error = #expect(throws: ConfigurationError.self) { try decode(json) }
    guard case .wrongModelType = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test(
    "what is not a JSON object is refused",
    arguments: [
      "", " ", "null", "[]", "3", #""bit""#, "{", #"{"model_type": "bit""#, "model_type: bit",
      #"{"model_type": "bit",}"# + "x", "\u{0}", String(repeating: "[", count: 100_000),
      #"{"model_type": "bit", "x": "# + String(repeating: "[", count: 100_000),
    ])
  func notAnObject(_ json: String) {
    #expect(throws: ConfigurationError.self) { try decode(json) }
  }

  @Test(
    "a value of a wrong type is refused with its key",
    arguments: [
      ("depths", "3"), ("depths", #"["3"]"#), ("depths", "[1.5]"), ("hidden_sizes", "{}"),
      ("num_groups", #""32""#), ("num_groups", "1e400"), ("embedding_size", "64.5"),
      ("hidden_act", "1"), ("embedding_dynamic_padding", #""yes""#), ("global_padding", "0"),
      ("architectures", #""BitModel""#), ("id2label", "[]"), ("id2label", #"{"0": []}"#),
      ("num_channels", "99999999999999999999"), ("layer_type", "true"),
    ])
  func wrongType(_ key: String, _ value: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try decode(adding: "\"\(key)\": \(value)")
    }
    let message = error?.description ?? ""
    #expect(message.contains("config.json") && message.contains(key), "\(message)")
  }

  @Test(
    "an absurd value is refused before anything is built",
    arguments: [
      ("depths", "[]"), ("depths", "[-1]"), ("depths", "[1000000000]"), ("depths", "[3000, 3000]"),
      ("hidden_sizes", "[]"), ("hidden_sizes", "[0]"), ("hidden_sizes", "[-256]"),
      ("hidden_sizes", "[1000000000]"), ("hidden_sizes", "[9223372036854775807]"),
      ("num_groups", "0"), ("num_groups", "-1"), ("embedding_size", "0"),
      ("embedding_size", "1000000000"), ("width_factor", "0"), ("width_factor", "1000000"),
      ("num_channels", "0"), ("num_channels", "100000"), ("num_labels", "-1"),
      ("num_labels", "1000000000"), ("output_stride", "-8"), ("layer_type", #""basic""#),
      ("global_padding", #""reflect""#), ("problem_type", #""ranking""#),
      ("id2label", #"{"zero": "a"}"#),
    ])
  func absurdValue(_ key: String, _ value: String) {
    let error = #expect(throws: ConfigurationError.self) {
      try decode(adding: "\"\(key)\": \(value)")
    }
    let message = error?.description ?? ""
    #expect(message.contains("config.json") && message.contains(key), "\(message)")
  }

  @Test("more stages than any network has are refused")
  func tooManyStages() {
    let depths = Array(repeating: "1", count: 1000).joined(separator: ",")
    #expect(throws: ConfigurationError.self) { try decode(adding: "\"depths\": [\(depths)]") }
  }

  @Test("a file beyond any real size is refused unread")
  func tooLarge() {
    let padding = String(repeating: " ", count: 9 << 20)
    #expect(throws: ConfigurationError.self) { try decode(#"{"model_type": "bit"}"# + padding) }
  }
}
