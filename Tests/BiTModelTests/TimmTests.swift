import BiTModel
import FoundationEssentials
import TestSupport
import Testing

/// timm's checkpoints: its list of models, its `config.json`, its tensors' names.
@Suite("timm checkpoints")
struct TimmTests {
  // MARK: timm's list

  private struct List: Decodable {
    struct Entry: Decodable {
      let name: String
      let formerNames: [String]
      let numClasses: Int
      let inputSize: [Int]
      let interpolation: String
      let cropPct: Double
      let depths: [Int]
      let stem: Int
      let widths: [Int]
    }
    let entries: [Entry]
    let notBit: [String]
  }

  private static func list() throws -> List {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      List.self, from: Data(contentsOf: Fixtures.url("timm/entries.json")))
  }

  @Test("every BiT entry has timm's layout, classes and settings, by its name and former ones")
  func entries() throws {
    let list = try Self.list()
    #expect(list.entries.count == TimmEntry.all.count)
    for expected in list.entries {
      let entry = try #require(
        TimmEntry.all.first { $0.name == expected.name }, "\(expected.name)")
      #expect(entry.classCount == expected.numClasses)
      #expect(entry.member.depths == expected.depths)
      #expect(64 * entry.member.width == expected.stem)
      #expect([256, 512, 1024, 2048].map { $0 * entry.member.width } == expected.widths)
      let settings = entry.preprocessing
      #expect([3, settings.height, settings.width] == expected.inputSize)
      #expect(settings.interpolation == expected.interpolation)
      #expect(settings.cropFraction == expected.cropPct)
      #expect(settings.cropMode == .center)
      #expect(settings.mean == [0.5, 0.5, 0.5] && settings.standardDeviation == settings.mean)
      for name in [expected.name] + expected.formerNames {
        try withTemporaryDirectory { folder in
          let file = folder.appending(path: "\(name).safetensors")
          try FileManager.default.copyItem(at: Self.weights, to: file)
          let model = try ModelFiles.open(path: file.path)
          #expect(model.preprocessing == .timm(settings), "\(name)")
          #expect(model.warnings.contains { $0.contains(expected.name) })
        }
      }
    }
  }

  @Test("timm's other residual networks are refused by name")
  func otherArchitectures() throws {
    for name in try Self.list().notBit + ["vit_base_patch16_224"] {
      let error = #expect(throws: ConfigurationError.self) {
        try open { $0["architecture"] = "\"\(name)\"" }
      }
      #expect(error?.description.contains("'\(name)', which is not Big Transfer") == true)
    }
  }

  // MARK: config.json

  private static let weights = Fixtures.url("forms/timm/model.safetensors")

  /// The keys of a folder's `config.json` as JSON.
  private static let configuration = [
    "architecture": #""resnetv2_50x1_bit""#, "num_classes": "7",
    "pretrained_cfg": #"""
    {"input_size": [3, 96, 64], "interpolation": "bicubic", "crop_pct": 0.9, "crop_mode": "squash",
     "mean": [0.1, 0.2, 0.3], "std": [0.4, 0.5, 0.6], "first_conv": "stem.conv"}
    """#,
  ]

  private func open(_ change: (inout [String: String]) -> Void) throws -> Model {
    try withTemporaryDirectory { folder in
      try FileManager.default.copyItem(
        at: Self.weights, to: folder.appending(path: "model.safetensors"))
      var keys = Self.configuration
      change(&keys)
      let json = "{" + keys.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
      try Data(json.utf8).write(to: folder.appending(path: "config.json"))
      return try ModelFiles.open(path: folder.path)
    }
  }

  @Test("a folder's layout comes from its tensors, all else from config.json")
  func folder() throws {
    let model = try open { _ in }
    #expect(model.form == .timm)
    #expect(model.warnings.isEmpty)
    #expect(model.configuration.depths == [2, 1])
    #expect(model.configuration.hiddenSizes == [128, 128])
    #expect(model.configuration.embeddingSize == 32)
    #expect(model.configuration.standardizationEpsilon == 1e-8)
    #expect(model.configuration.labels == (0..<7).map { "LABEL_\($0)" })
    var settings = TimmPreprocessing()
    settings.height = 96
    settings.width = 64
    settings.interpolation = "bicubic"
    settings.cropFraction = 0.9
    settings.cropMode = .squash
    settings.mean = [0.1, 0.2, 0.3]
    settings.standardDeviation = [0.4, 0.5, 0.6]
    #expect(model.preprocessing == .timm(settings))
  }

  @Test(
    "settings that are missing, null or zero have timm's defaults; older files hold them at the top"
  )
  func defaults() throws {
    for json in ["{}", #"{"crop_pct": null, "interpolation": "", "crop_mode": null, "mean": []}"#] {
      let model = try open { $0["pretrained_cfg"] = json }
      #expect(model.preprocessing == .timm(TimmPreprocessing()))
    }
    let old = try open {
      $0["pretrained_cfg"] = nil
      $0["crop_pct"] = "0.5"
    }
    var settings = TimmPreprocessing()
    settings.cropFraction = 0.5
    #expect(old.preprocessing == .timm(settings))
  }

  @Test("num_classes 0 ends with the features; label names and descriptions name classes")
  func classes() throws {
    let headless = try open { $0["num_classes"] = "0" }
    #expect(headless.configuration.task == .features)
    #expect(headless.network.logits == nil)
    #expect(headless.warnings.count == 1)
    let names = (0..<7).map { "n\($0)" }
    let named = try open { $0["label_names"] = "\(names)" }
    #expect(named.configuration.labels == names)
    let described = try open {
      $0["label_names"] = #"{"6":"g","0":"a","1":"b","2":"c","3":"d","4":"e","5":"f"}"#
      $0["label_descriptions"] = #"{"b": "bee, honeybee"}"#
    }
    #expect(described.configuration.labels == ["a", "bee, honeybee", "c", "d", "e", "f", "g"])
    let few = try open { $0["label_names"] = #"["a", "b"]"# }
    #expect(!few.configuration.hasNamedLabels)
    #expect(few.warnings.count == 1)
    #expect(throws: CheckpointError.self) { try open { $0["num_classes"] = "8" } }
    #expect(throws: ConfigurationError.self) { try open { $0["num_classes"] = "-1" } }
    #expect(throws: ConfigurationError.self) {
      try open { $0["label_names"] = #"{"1": "a", "2": "b"}"# }
    }
  }

  @Test("arguments that make it another network are refused, those of training are not")
  func arguments() throws {
    let harmless = try open {
      $0["model_args"] = #"""
        {"layers": [2, 1], "channels": [128, 128], "stem_chs": 32, "drop_path_rate": 0.1,
         "global_pool": "avg", "output_stride": 32, "act_layer": null, "in_chans": 3}
        """#
    }
    #expect(harmless.warnings.isEmpty)
    for (key, value) in [
      ("output_stride", "16"), ("global_pool", #""max""#), ("preact", "false"),
      ("stem_type", #""same""#), ("act_layer", #""silu""#), ("conv_layer", #""std""#),
      ("norm_layer", #""layernorm""#), ("avg_down", "true"), ("basic", "true"),
      ("bottle_ratio", "0.5"), ("stem_type", "1e300"),
    ] {
      let error = #expect(throws: ConfigurationError.self, "\(key)") {
        try open { $0["model_args"] = "{\"\(key)\": \(value)}" }
      }
      #expect(error?.description.contains("model_args.\(key)") == true)
    }
    #expect(throws: ConfigurationError.self) { try open { $0["global_pool"] = #""catavgmax""# } }
    let unknown = try open { $0["model_args"] = #"{"novelty": [1]}"# }
    #expect(unknown.warnings.count == 1 && unknown.warnings[0].contains("novelty"))
  }

  @Test("a configuration that is damaged or transformers' is refused")
  func wrongConfiguration() {
    for json in ["3", "[]", #""bit""#, "{}"] {
      #expect(throws: ConfigurationError.self) {
        try open { $0["pretrained_cfg"] = json == "{}" ? "[1]" : json }
      }
    }
    let error = #expect(throws: ConfigurationError.self) {
      try open {
        $0["architecture"] = nil
        $0["model_type"] = #""bit""#
      }
    }
    #expect(error?.description.contains("timm") == true)
  }

  // MARK: Weights alone

  private func tensors() throws -> [SafetensorsWriter.Entry] {
    let file = try SafetensorsFile(path: Self.weights.path)
    return try file.tensorNames.map { name in
      SafetensorsWriter.Entry(
        name: name, shape: try #require(file.shape(of: name)), elements: try file.read(name))
    }
  }

  private func open(
    _ entries: [SafetensorsWriter.Entry], as name: String = "weights.safetensors"
  ) throws -> Model {
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: name)
      try SafetensorsWriter.write(entries, to: file.path)
      let byFile = try ModelFiles.open(path: file.path)
      let byFolder = try ModelFiles.open(path: folder.path)
      #expect(byFile.configuration == byFolder.configuration)
      return byFile
    }
  }

  @Test("a file alone is a network by its tensors, under any prefix, its head of either form")
  func alone() throws {
    let entries = try tensors()
    let plain = try open(entries)
    #expect(plain.configuration.labels.count == 7)
    for prefix in ["module.", "timm_model."] {
      let model = try open(
        entries.map { .init(name: prefix + $0.name, shape: $0.shape, elements: $0.elements) })
      #expect(model.configuration == plain.configuration)
      #expect(model.warnings.count == 1)
    }
    let flat = try open(
      entries.map {
        let shape = $0.name == "head.fc.weight" ? Array($0.shape.prefix(2)) : $0.shape
        return .init(name: $0.name, shape: shape, elements: $0.elements)
      })
    #expect(flat.configuration == plain.configuration)
    let headless = try open(entries.filter { !$0.name.hasPrefix("head.") })
    #expect(headless.configuration.task == .features)
  }

  @Test("another model of timm's is refused by the name in its configuration, whatever its tensors")
  func foreignFolder() throws {
    try withTemporaryDirectory { folder in
      try SafetensorsWriter.write(
        [.init(name: "conv1.weight", shape: [1], elements: [0])],
        to: folder.appending(path: "model.safetensors").path)
      let json = #"{"architecture": "resnet50", "num_classes": 1000, "pretrained_cfg": {}}"#
      try Data(json.utf8).write(to: folder.appending(path: "config.json"))
      let error = #expect(throws: ConfigurationError.self) {
        try ModelFiles.open(path: folder.path)
      }
      #expect(error?.description.contains("'resnet50', which is not Big Transfer") == true)
    }
  }

  @Test("tensors of another network of timm's are refused with what they show")
  func otherTensors() throws {
    for name in ["norm.running_mean", "stem.conv1.weight", "stem.norm.weight"] {
      let error = #expect(throws: CheckpointError.self) {
        try open(try tensors() + [.init(name: name, shape: [1], elements: [0])])
      }
      #expect(error?.description.contains("resnetv2_*_bit") == true)
      let withoutStem = try tensors().filter { $0.name != "stem.conv.weight" }
      #expect(throws: CheckpointError.self) {
        try open(withoutStem + [.init(name: name, shape: [1], elements: [0])])
      }
    }
  }

  @Test("a folder with several networks asks for one; without any, it says what is there")
  func severalFiles() throws {
    try withTemporaryDirectory { folder in
      let entries = try tensors()
      try SafetensorsWriter.write(
        [.init(name: "x", shape: [1], elements: [0])],
        to: folder.appending(path: "other.safetensors").path)
      for name in ["a.safetensors", "b.safetensors"] {
        try SafetensorsWriter.write(entries, to: folder.appending(path: name).path)
        let isFirst = name == "a.safetensors"
        if isFirst {
          #expect(try ModelFiles.open(path: folder.path).form == .timm)
        } else {
          let error = #expect(throws: CheckpointError.self) {
            try ModelFiles.open(path: folder.path)
          }
          #expect(error?.description.contains("a.safetensors, b.safetensors") == true)
        }
      }
    }
    try withTemporaryDirectory { folder in
      let empty = #expect(throws: CheckpointError.self) { try ModelFiles.open(path: folder.path) }
      #expect(empty?.description.contains("it is empty") == true)
      try Data("hello".utf8).write(to: folder.appending(path: "readme.md"))
      let error = #expect(throws: CheckpointError.self) { try ModelFiles.open(path: folder.path) }
      #expect(error?.description.contains("readme.md") == true)
    }
  }
}
