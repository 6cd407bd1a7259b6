import BigTransfer
import FoundationEssentials
import Synchronization
import TestSupport
import Testing

@Suite("Models written as folders")
struct ModelExportTests {
  /// Every fixture that is a folder of transformers with safetensors.
  static let fixtures = [
    "01_preact_default", "02a_same_dynamic", "03b_valid_broadcast", "04a_vit_hybrid_backbone",
    "04b_bottleneck_default", "06_bottleneck_output_stride_8", "08b_rounded_channels",
    "09_two_labels", "10a_float16", "10b_bfloat16", "11_sharded", "15a_headless",
    "15b_headless_width_factor_2", "17_end_to_end_hub_style", "18_leaky_relu",
  ]

  private static func open(_ folder: URL) throws -> Model {
    try ModelFiles.open(path: folder.path)
  }

  @Test(
    "what is written opens as the same model, bit for bit, and transformers' keys stay",
    arguments: fixtures)
  func same(name: String) throws {
    let model = try Self.open(Fixtures.url("models/\(name)"))
    try withTemporaryDirectory { folder in
      let target = folder.appending(path: "out")
      let export = try ModelExport(model)
      #expect(export.warnings.isEmpty)
      try export.write(to: target.path)
      let written = try Self.open(target)
      #expect(written.warnings.isEmpty)
      #expect(written.configuration == model.configuration)
      #expect(written.network == model.network)
      #expect(
        try written.imageProcessorConfiguration() == model.imageProcessorConfiguration())
      for parameter in model.network.parameters {
        #expect(try written.weights.values(of: parameter) == model.weights.values(of: parameter))
      }
      let keys = try [Fixtures.url("models/\(name)"), target].map { folder in
        try JSONDecoder().decode(
          JSONDocument.self, from: Data(contentsOf: folder.appending(path: "config.json"))
        ).members
      }
      // What was called torch_dtype is dtype now.
      for (key, value) in keys[0] where key != "torch_dtype" {
        #expect(keys[1][key] == value, "\(key)")
      }
      let files = try FileManager.default.contentsOfDirectory(atPath: target.path).sorted()
      #expect(files == ["config.json", "model.safetensors", "preprocessor_config.json"])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out"])
    }
  }

  @Test("timm's rounding, colours and crops, for which transformers has no words, are warned of")
  func warnings() throws {
    func warnings(_ change: (inout TimmPreprocessing) -> Void) throws -> [String] {
      let source = try ModelSource.demo.open()
      var timm = TimmPreprocessing()
      change(&timm)
      return try ModelExport(
        Model(
          name: "m", configuration: source.configuration, network: source.network,
          weights: source.weights, preprocessing: .timm(timm), form: .timm)
      ).warnings
    }
    let crop = try warnings { $0.cropFraction = 1 }
    #expect(crop.count == 1)
    #expect(crop[0].contains("one pixel off"))
    #expect(try warnings { ($0.cropFraction, $0.cropMode) = (1, .squash) }.isEmpty)
    #expect(try warnings { $0.cropMode = .border }.contains { $0.contains("mean colour") })
    #expect(try warnings { $0.width = 320 }.contains { $0.contains("365") })
  }

  @Test("timm's and Google's checkpoints are written as transformers' with the same results")
  func otherForms() async throws {
    for (name, key, epsilon) in [
      ("13_timm", "logits", 0), ("14_bit_npz/model.npz", "logits_original_eps_1e-10", 1e-10),
    ] {
      let source = try ModelSource.path(Fixtures.url("models/\(name)").path).open()
      let folder = name.split(separator: "/")[0]
      let golden = try SafetensorsFile(
        path: Fixtures.url("models/\(folder)/golden.safetensors").path)
      if epsilon > 0 { #expect(source.configuration.standardizationEpsilon == epsilon) }
      try await withTemporaryDirectory { folder in
        let target = folder.appending(path: "out").path
        try ModelExport(source).write(to: target)
        let written = try ModelFiles.open(path: target)
        #expect(written.warnings.isEmpty)
        #expect(written.configuration.task == .imageClassification)
        let shape = try #require(golden.shape(of: "pixel_values"))
        let pixels = HostTensor(
          shape: TensorShape(
            batch: shape[0], height: shape[2], width: shape[3], channels: shape[1]),
          channelsFirst: try golden.read("pixel_values"))
        let prepared = try await PreparedModel(written, device: .reference)
        let logits = try await prepared.run(
          pixels, returning: [try #require(written.network.logits)])[0].elements
        let expected = try golden.read(key)
        let largest = expected.reduce(0) { max($0, abs($1)) }
        let error = zip(logits, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
        #expect(error <= 2e-6 * largest, "\(name): \(error) of \(largest)")
      }
    }
  }

  @Test("unknown keys of config.json stay, those that would contradict it go")
  func unknownKeys() throws {
    let source = try Self.open(Fixtures.url("models/09_two_labels"))
    let original = """
      {"model_type": "bit", "finetuned_from": {"name": "x", "steps": [1, 2]}, "num_labels": 7,
       "torch_dtype": "float64", "_name_or_path": "/home/someone", "transformers_version": "4.26"}
      """
    var configuration = source.configuration
    configuration.labels = ["cat", "dog"]
    configuration.problemType = .multiLabel
    let model = Model(
      name: "m", configuration: configuration, network: source.network, weights: source.weights,
      originalConfiguration: Array(original.utf8))
    try withTemporaryDirectory { folder in
      let target = folder.appending(path: "out")
      try ModelExport(model, type: .bfloat16).write(to: target.path)
      let keys = try JSONDecoder().decode(
        JSONDocument.self, from: Data(contentsOf: target.appending(path: "config.json"))
      ).members
      #expect(
        keys["finetuned_from"]
          == .object([("name", .string("x")), ("steps", .integers([1, 2]))]))
      #expect(keys["transformers_version"] == .string("4.26"))
      #expect(keys["dtype"] == .string("bfloat16"))
      #expect(keys["problem_type"] == .string("multi_label_classification"))
      #expect(keys["id2label"] == .object([("0", .string("cat")), ("1", .string("dog"))]))
      #expect(keys["label2id"] == .object([("cat", .integer(0)), ("dog", .integer(1))]))
      for key in ["num_labels", "torch_dtype", "_name_or_path"] { #expect(keys[key] == nil) }
    }
  }

  @Test("kernels learnt with Google's ε give the same network with transformers' ε, to a rounding")
  func standardizationEpsilon() async throws {
    let source = try Self.open(Fixtures.url("models/01_preact_default"))
    var configuration = source.configuration
    configuration.standardizationEpsilon = 1e-10
    // Kernels whose variance is near ε, where the two differ.
    let scale: Float = 1e-4
    var tensors: [ParameterName: [Float]] = [:]
    for parameter in source.network.parameters {
      tensors[parameter.name] = try source.weights.values(of: parameter).map { value in
        parameter.shape.count == 4 ? value * scale : value
      }
    }
    let model = Model(
      name: "google", configuration: configuration, network: try configuration.makeNetwork(),
      weights: InMemoryWeights(tensors))
    try await withTemporaryDirectory { folder in
      let target = folder.appending(path: "out")
      try ModelExport(model).write(to: target.path)
      let written = try Self.open(target)
      #expect(written.configuration.standardizationEpsilon == 1e-8)
      for parameter in model.network.parameters where parameter.shape.count == 4 {
        let expected = try model.weights.values(of: parameter).map { $0 * 10 }
        #expect(try written.weights.values(of: parameter) == expected)
      }
      let pixels = HostTensor(
        shape: TensorShape(batch: 1, height: 48, width: 40, channels: 3),
        elements: RandomWeights().values(of: Parameter("pixels", shape: [48 * 40, 3])))
      var logits: [[Float]] = []
      for model in [model, written] {
        let prepared = try await PreparedModel(model, device: .reference)
        logits.append(
          try await prepared.run(pixels, returning: [try #require(model.network.logits)])[0]
            .elements)
      }
      let largest = logits[0].reduce(0) { max($0, abs($1)) }
      let error = zip(logits[0], logits[1]).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(error <= 2e-6 * largest, "\(error) of \(largest)")
    }
  }

  @Test("files are divided where one would grow too large, and nothing old is left between them")
  func shards() throws {
    let model = try ModelSource.demo.open()
    try withTemporaryDirectory { folder in
      let target = folder.appending(path: "out").path
      let files = FileManager.default
      try ModelExport(model, shardSize: 150_000).write(to: target)
      var names = try files.contentsOfDirectory(atPath: target)
      let shards = names.filter { $0.hasPrefix("model-0000") }
      #expect(shards.count >= 3)
      #expect(names.contains("model.safetensors.index.json"))
      for shard in shards {
        let size = try files.attributesOfItem(atPath: "\(target)/\(shard)")[.size] as? Int
        #expect((size ?? .max) < 170_000)
      }
      let written = try ModelFiles.open(path: target)
      #expect(written.parameterCount == model.parameterCount)
      // In one piece again, over them.
      try Data("notes".utf8).write(to: URL(filePath: "\(target)/README.md"))
      try ModelExport(model).write(to: target, overwriting: true)
      names = try files.contentsOfDirectory(atPath: target).sorted()
      #expect(
        names == ["README.md", "config.json", "model.safetensors", "preprocessor_config.json"])
    }
  }

  @Test("a weight beyond float16 is named, and nothing is left behind")
  func overflow() throws {
    let source = try ModelSource.demo.open()
    var tensors: [ParameterName: [Float]] = [:]
    for parameter in source.network.parameters {
      tensors[parameter.name] = try source.weights.values(of: parameter)
    }
    tensors["norm.bias"]?[3] = -70_000
    let model = Model(
      name: "m", configuration: source.configuration, network: source.network,
      weights: InMemoryWeights(tensors))
    try withTemporaryDirectory { folder in
      let target = folder.appending(path: "out").path
      #expect(
        throws: ExportError.overflow(
          tensor: "bit.norm.bias", index: 3, value: -70_000, type: .float16)
      ) {
        try ModelExport(model, type: .float16).write(to: target)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
      try ModelExport(model, type: .bfloat16).write(to: target)
    }
  }

  @Test("a cancelled task leaves nothing behind, also not in a folder that was there")
  func cancellation() async throws {
    let model = try ModelSource.demo.open()
    for isThere in [false, true] {
      try await withTemporaryDirectory { folder in
        let target = folder.appending(path: "out").path
        if isThere {
          try FileManager.default.createDirectory(
            atPath: target, withIntermediateDirectories: false)
          try Data("old".utf8).write(to: URL(filePath: "\(target)/config.json"))
        }
        let task = Task {
          try ModelExport(model).write(to: target, overwriting: true) { _ in
            withUnsafeCurrentTask { $0?.cancel() }
          }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(names == (isThere ? ["out"] : []))
        if isThere {
          #expect(try FileManager.default.contentsOfDirectory(atPath: target) == ["config.json"])
          #expect(try String(contentsOfFile: "\(target)/config.json", encoding: .utf8) == "old")
        }
      }
    }
  }

  @Test("a folder that holds something, a file, and the model's own folder are refused")
  func destinations() throws {
    let model = try ModelSource.demo.open()
    try withTemporaryDirectory { folder in
      let export = try ModelExport(model)
      let target = folder.appending(path: "out").path
      try export.write(to: target + "/")
      #expect(throws: ExportError.self) { try export.write(to: target) }
      #expect(throws: ExportError.self) { try export.write(to: "\(target)/config.json") }
      #expect(throws: ExportError.self) { try export.write(to: "\(target)/none/out") }
      let written = try ModelExport(try ModelFiles.open(path: target))
      let before = try Data(contentsOf: URL(filePath: "\(target)/model.safetensors"))
      #expect(throws: ExportError.self) { try written.write(to: target, overwriting: true) }
      let link = folder.appending(path: "link").path
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
      #expect(throws: ExportError.self) { try written.write(to: link, overwriting: true) }
      #expect(try Data(contentsOf: URL(filePath: "\(target)/model.safetensors")) == before)
      // An empty folder has nothing to lose.
      let empty = folder.appending(path: "empty").path
      try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: false)
      try written.write(to: empty)
      #expect(try ModelFiles.open(path: empty).parameterCount == model.parameterCount)
    }
  }
}
