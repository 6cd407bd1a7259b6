import ImageInput
import Testing

@Suite("Preprocessor configuration")
struct ConfigurationTests {
  typealias Configuration = ImageProcessorConfiguration

  private static func read(_ json: String) throws -> Configuration {
    try Configuration(json: Array(json.utf8), file: "preprocessor_config.json")
  }

  @Test("an empty object means the class's defaults")
  func defaults() throws {
    let configuration = try Self.read("{}")
    #expect(configuration == .default)
    #expect(configuration.resizeTarget == .shortestEdge(224, longest: nil))
    #expect(configuration.cropSize == ImageSize(side: 224))
    #expect(configuration.resampling == .bicubic)
  }

  @Test(
    "every form of a size is read",
    arguments: [
      (#"{"size": 448}"#, Configuration.ResizeTarget.shortestEdge(448, longest: nil)),
      (#"{"size": {"shortest_edge": 256}}"#, .shortestEdge(256, longest: nil)),
      (#"{"size": {"shortest_edge": 40, "longest_edge": 48}}"#, .shortestEdge(40, longest: 48)),
      (#"{"size": {"shortest_edge": 40, "longest_edge": null}}"#, .shortestEdge(40, longest: nil)),
      (#"{"size": {"height": 30, "width": 44}}"#, .exact(ImageSize(height: 30, width: 44))),
      (#"{"size": [30, 44]}"#, .exact(ImageSize(height: 30, width: 44))),
      (#"{"size": {"max_height": 3, "max_width": 4}}"#, .fitting(ImageSize(height: 3, width: 4))),
      (#"{"size": 32, "default_to_square": true}"#, .exact(ImageSize(side: 32))),
    ])
  func sizes(json: String, target: Configuration.ResizeTarget) throws {
    #expect(try Self.read(json).resizeTarget == target)
  }

  @Test("one mean counts for all channels, other keys are ignored, null turns a step off")
  func otherForms() throws {
    let json = #"{"image_mean": 0.3, "image_std": [1, 2, 3.5], "do_resize": null, "other": {}}"#
    let configuration = try Self.read(json)
    #expect(configuration.mean == [0.3, 0.3, 0.3])
    #expect(configuration.standardDeviation == [1, 2, 3.5])
    #expect(!configuration.resizes)
  }

  @Test(
    "a value that cannot be used is refused by file and key",
    arguments: [
      (#"{"size": "448"}"#, "size"), (#"{"size": -1}"#, "size"), (#"{"size": 0}"#, "size"),
      (#"{"size": 4.5}"#, "size"), (#"{"size": 1000000000}"#, "size"), (#"{"size": null}"#, "size"),
      (#"{"size": [1, 2, 3]}"#, "size"), (#"{"size": {"height": 5}}"#, "size"),
      (#"{"size": {"longest_edge": 5}}"#, "size"), (#"{"size": {"height": "a"}}"#, "size"),
      (#"{"size": {"shortest_edge": 5, "height": 5}}"#, "size"), (#"{"size": {}}"#, "size"),
      (#"{"crop_size": {"shortest_edge": 5}}"#, "crop_size"), (#"{"crop_size": []}"#, "crop_size"),
      (#"{"crop_size": 16000}"#, "crop_size"), (#"{"resample": 6}"#, "resample"),
      (#"{"resample": "bilinear"}"#, "resample"), (#"{"do_resize": "yes"}"#, "do_resize"),
      (#"{"rescale_factor": "x"}"#, "rescale_factor"), (#"{"image_mean": [0.5]}"#, "image_mean"),
      (#"{"image_mean": null}"#, "image_mean"), (#"{"image_std": [1, 1, 0]}"#, "image_std"),
      (#"{"image_std": [1, 1, "x"]}"#, "image_std"), (#"{"image_mean": {}}"#, "image_mean"),
      (#"{"image_std": 0}"#, "image_std"), (#"{"image_mean": 1e999}"#, "image_mean"),
      (#"{"image_std": 1e-60}"#, "image_std"), (#"{"image_mean": [0, 1e60, 0]}"#, "image_mean"),
      (#"{"rescale_factor": -1e60}"#, "rescale_factor"),
    ])
  func refusals(json: String, key: String) {
    let error = #expect(throws: ImageConfigurationError.self) { try Self.read(json) }
    #expect(error?.source == "preprocessor_config.json")
    #expect(error?.key?.hasPrefix(key) == true, "\(String(describing: error))")
  }

  private static let notObjects =
    ["", "[", "[]", "3", "null", "{\"size\":"]
    + ["[", "{\"size\":"].map {
      String(repeating: $0, count: 100_000)
    }

  @Test("what is no JSON object is refused", arguments: notObjects)
  func notJSON(text: String) {
    let error = #expect(throws: ImageConfigurationError.self) { try Self.read(text) }
    #expect(error?.key == nil)
  }

  @Test(
    "an input size keeps the checkpoint's relation of resize to crop",
    arguments: [
      (
        #"{"size": 448, "crop_size": 448}"#, 224,
        Configuration.ResizeTarget.shortestEdge(224, longest: nil)
      ),
      (#"{"size": 256, "crop_size": 224}"#, 448, .shortestEdge(512, longest: nil)),
      (#"{"size": [480, 480], "do_center_crop": false}"#, 96, .exact(ImageSize(side: 96))),
      (
        #"{"size": [256, 512], "crop_size": [128, 128]}"#, 64,
        .exact(ImageSize(height: 128, width: 256))
      ),
      (#"{"size": 256, "do_center_crop": false}"#, 64, .shortestEdge(64, longest: nil)),
      (
        #"{"size": 256, "crop_size": 128, "do_resize": false}"#, 64, .shortestEdge(64, longest: nil)
      ),
    ])
  func inputSide(json: String, side: Int, target: Configuration.ResizeTarget) throws {
    var configuration = try Self.read(json)
    try configuration.setInputSide(side)
    #expect(configuration.resizeTarget == target)
    let tensor = try ImagePreprocessor(configuration)
      .tensor(TestPicture.noise(width: 150, height: 99, seed: 2))
    #expect(tensor.shape.height == side && tensor.shape.width == side)
  }

  @Test("resize mode and crop can be overridden")
  func overrides() throws {
    var configuration = try Self.read(#"{"size": 40, "crop_size": 32}"#)
    configuration.setResizeMode(.squash)
    #expect(configuration.resizeTarget == .exact(ImageSize(side: 40)))
    configuration.setResizeMode(.shortest)
    #expect(configuration.resizeTarget == .shortestEdge(40, longest: nil))
    configuration.setResizeMode(.none)
    try configuration.setCrop(nil)
    let tensor = try ImagePreprocessor(configuration)
      .tensor(TestPicture.noise(width: 9, height: 5, seed: 2))
    #expect(tensor.shape.height == 5 && tensor.shape.width == 9)
    for side in [0, -5, 20_000, Int.max] {
      #expect(throws: ImageConfigurationError.self) { try configuration.setInputSide(side) }
      #expect(throws: ImageConfigurationError.self) {
        try configuration.setCrop(ImageSize(side: side))
      }
    }
  }

  @Test("a resize that would explode is refused before it starts")
  func explodingResize() throws {
    let slim = try TestPicture.noise(width: 1, height: 300_000, seed: 3)
    #expect(throws: ImageError.self) { try ImagePreprocessor().tensor(slim) }
    var configuration = ImageProcessorConfiguration.default
    configuration.resizeTarget = .exact(ImageSize(side: 16_384))
    #expect(throws: ImageError.self) { try ImagePreprocessor(configuration).tensor(slim) }
    configuration.resizes = false
    try configuration.setCrop(nil)
    let tensor = try ImagePreprocessor(configuration).tensor(slim)
    #expect(tensor.shape.height == 300_000)
  }
}
