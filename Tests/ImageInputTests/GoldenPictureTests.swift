import BiTModel
import FoundationEssentials
import ImageInput
import TestSupport
import Testing

@Suite("Pictures against Pillow and transformers")
struct GoldenPictureTests {
  static let images = (try? ByteTensors("preprocess/decoded.safetensors").names) ?? []

  @Test("the fixtures are there")
  func fixturesAreComplete() {
    #expect(Self.images.count >= 40)
    #expect(PreprocessingCase.all.count >= 60)
  }

  @Test("decoding gives Pillow's bytes", arguments: images)
  func decoding(name: String) throws {
    let golden = try ByteTensors("preprocess/decoded.safetensors")
    let path = Fixtures.url("preprocess/images/\(name)").path
    let decoded = try ImageDecoder().decode(contentsOfFile: path)
    #expect([decoded.image.height, decoded.image.width, 3] == golden.shape(of: name))
    #expect(decoded.image.pixels == golden.bytes(of: name))
    #expect(decoded.warning == nil)
  }

  /// The fixtures' own limit, |difference| <= 1e-6 max(1, |expected|), allows a last-place
  /// difference of a value up to 8; every golden is in fact met bit for bit on x86-64.
  static let tolerance: Float = 1e-6

  @Test("preprocessing gives transformers' values", arguments: PreprocessingCase.all)
  func preprocessing(_ example: PreprocessingCase) throws {
    let golden = try SafetensorsFile(
      path: Fixtures.url("preprocess/golden.safetensors").path)
    let expected = try golden.read(example.tensor)
    let tensor = try ImagePreprocessor(example.configuration)
      .tensor(contentsOfFile: example.image)
    let shape = tensor.shape
    #expect(
      [shape.batch, shape.channels, shape.height, shape.width] == golden.shape(of: example.tensor))
    let worst = zip(tensor.channelsFirst, expected).map { abs($0 - $1) / max(1, abs($1)) }.max()
    #expect(try #require(worst) <= Self.tolerance)
  }
}
