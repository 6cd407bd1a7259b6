import BiTModel
import FoundationEssentials
import ImageInput
import TestSupport
import Testing

/// timm's transform for evaluation, against timm itself (`Tests/Fixtures/checkpoints.py`).
@Suite("timm's evaluation transform")
struct TimmTransformTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let tensor: String
    let image: String
    let settings: TimmPreprocessing

    var testDescription: String {
      "\(tensor) \(image) \(settings.height)x\(settings.width) \(settings.cropMode)"
    }
  }

  private struct File: Decodable {
    struct Entry: Decodable {
      let tensor: String
      let image: String
      let pretrainedCfg: Settings
    }
    struct Settings: Decodable {
      let inputSize: [Int]
      let cropPct: Double
      let cropMode: String
      let interpolation: String
      let mean: [Double]
      let std: [Double]
    }
    let cases: [Entry]
  }

  static let cases: [Case] = (try? load()) ?? []

  private static func load() throws -> [Case] {
    let json = try Data(contentsOf: Fixtures.url("timm/transforms.json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(File.self, from: json).cases.map { entry in
      let given = entry.pretrainedCfg
      var settings = TimmPreprocessing()
      settings.height = given.inputSize[1]
      settings.width = given.inputSize[2]
      settings.interpolation = given.interpolation
      settings.cropFraction = given.cropPct
      settings.cropMode = try #require(.init(rawValue: given.cropMode))
      settings.mean = given.mean
      settings.standardDeviation = given.std
      return Case(tensor: entry.tensor, image: entry.image, settings: settings)
    }
  }

  @Test("the fixtures are there")
  func complete() { #expect(Self.cases.count >= 30) }

  @Test("gives timm's values, bit for bit", arguments: cases)
  func values(_ example: Case) throws {
    let golden = try SafetensorsFile(path: Fixtures.url("timm/transforms.safetensors").path)
    let preprocessor = ImagePreprocessor(
      try ImageProcessorConfiguration(example.settings, source: "config.json"))
    let tensor = try preprocessor.tensor(
      contentsOfFile: Fixtures.url("preprocess/\(example.image)").path)
    let shape = tensor.shape
    #expect(
      [shape.batch, shape.channels, shape.height, shape.width] == golden.shape(of: example.tensor))
    let expected = try golden.read(example.tensor)
    let differing = zip(tensor.channelsFirst, expected).count { $0 != $1 }
    #expect(differing == 0, "\(differing) of \(expected.count) samples")
  }

  @Test("Google's squashing is that of torchvision's resize, as timm's squash without a crop")
  func squash() throws {
    var settings = TimmPreprocessing()
    settings.height = 40
    settings.width = 40
    settings.cropFraction = 1
    settings.cropMode = .squash
    settings.interpolation = "bilinear"
    settings.mean = [0.5]
    settings.standardDeviation = [0.5]
    let timm = ImagePreprocessor(try ImageProcessorConfiguration(settings, source: ""))
    let google = ImagePreprocessor(.squashed(side: 40))
    let image = Fixtures.url("preprocess/images/rgb8_photo.png").path
    let expected = try timm.tensor(contentsOfFile: image).elements
    #expect(try google.tensor(contentsOfFile: image).elements == expected)
  }

  @Test("settings that cannot be are refused by their key")
  func refusals() {
    let changes: [(String, (inout TimmPreprocessing) -> Void)] = [
      ("input_size", { $0.height = 0 }), ("input_size", { $0.width = 1 << 20 }),
      ("crop_pct", { $0.cropFraction = -1 }), ("crop_pct", { $0.cropFraction = 1e-9 }),
      ("crop_pct", { $0.cropFraction = 1e9 }), ("crop_pct", { $0.cropFraction = .nan }),
      ("interpolation", { $0.interpolation = "random" }), ("mean", { $0.mean = [1, 2] }),
      ("mean", { $0.mean = [.infinity] }), ("std", { $0.standardDeviation = [1, 0, 1] }),
    ]
    for (key, change) in changes {
      var settings = TimmPreprocessing()
      change(&settings)
      let error = #expect(throws: ImageConfigurationError.self, "\(key)") {
        try ImageProcessorConfiguration(settings, source: "config.json")
      }
      #expect(error?.key == key)
    }
  }

  @Test("another input size keeps timm's relation to the crop")
  func inputSize() throws {
    for mode: TimmPreprocessing.CropMode in [.center, .squash, .border] {
      var settings = TimmPreprocessing()
      settings.cropMode = mode
      var configuration = try ImageProcessorConfiguration(settings, source: "")
      try configuration.setInputSide(448)
      settings.height = 448
      settings.width = 448
      #expect(configuration == (try ImageProcessorConfiguration(settings, source: "")))
    }
  }
}
