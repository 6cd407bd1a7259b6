import FoundationEssentials
import ImageInput
import TestSupport
import Testing

/// A case of `Tests/Fixtures/resize/cases.json`.
struct ResizingCase: Decodable, Sendable, CustomStringConvertible {
  let id: String
  let input: String
  let output: String
  let resample: Int

  var description: String { id }

  static let all: [ResizingCase] = (try? load()) ?? []

  private static func load() throws -> [ResizingCase] {
    struct File: Decodable { let cases: [ResizingCase] }
    let json = try Data(contentsOf: Fixtures.url("resize/cases.json"))
    return try JSONDecoder().decode(File.self, from: json).cases
  }
}

@Suite("Resizing")
struct ResizingTests {
  @Test("the fixtures are there")
  func fixturesAreComplete() { #expect(ResizingCase.all.count >= 60) }

  @Test("resizing gives Pillow's bytes", arguments: ResizingCase.all)
  func matchesPillow(_ example: ResizingCase) throws {
    let golden = try ByteTensors("resize/golden.safetensors")
    let old = try Self.image(example.input, golden)
    let new = try Self.image(example.output, golden)
    let filter = try #require(Resampling(rawValue: example.resample))
    #expect(old.resized(to: new.size, filter: filter) == new)
  }

  /// Grey arrays become pictures with three equal channels.
  private static func image(_ name: String, _ tensors: ByteTensors) throws -> RGBImage {
    let shape = try #require(tensors.shape(of: name))
    var pixels = try #require(tensors.bytes(of: name))
    if shape.count == 2 { pixels = pixels.flatMap { [$0, $0, $0] } }
    return try RGBImage(width: shape[1], height: shape[0], pixels: pixels)
  }

  @Test("several cores give the same bytes as one", arguments: Resampling.allCases)
  func coresDoNotMatter(filter: Resampling) throws {
    let image = try TestPicture.noise(width: 1201, height: 903, seed: 1)
    for size in [ImageSize(height: 448, width: 596), ImageSize(height: 1300, width: 700)] {
      let alone = image.resized(to: size, filter: filter, concurrency: .callingThread)
      #expect(image.resized(to: size, filter: filter) == alone)
    }
  }

  @Test("a picture of one colour keeps it", arguments: Resampling.allCases)
  func plainStaysPlain(filter: Resampling) throws {
    let plain = try TestPicture.plain(RGBColor(red: 7, green: 130, blue: 255), width: 13, height: 9)
    for (height, width) in [(1, 1), (5, 40), (9, 13), (31, 2), (64, 64)] {
      let resized = plain.resized(to: ImageSize(height: height, width: width), filter: filter)
      #expect(
        try resized
          == TestPicture.plain(
            RGBColor(red: 7, green: 130, blue: 255), width: width, height: height))
    }
  }
}
