import ImageInput
import Testing

/// A tRNS chunk's colour is white to the network, by rules that depend on the mode in which
/// Pillow reads the file. Every expectation was observed with Pillow 13 and transformers 5.23.
@Suite("Transparent colours")
struct ColorKeyTests {
  struct Case: Sendable, CustomStringConvertible {
    var description: String
    var png: TestPNG
    /// The red samples after painting; the pictures are grey, or red tells enough.
    var red: [UInt8]
  }

  static let cases = [
    Case(
      description: "8-bit grey", png: grey(8, [0, 85, 170, 255], key: [0, 85]),
      red: [0, 255, 170, 255]),
    Case(
      description: "the key of 2-bit grey is compared with 8-bit levels",
      png: grey(2, [0b00_01_10_11], key: [0, 1]), red: [0, 85, 170, 255]),
    Case(
      description: "2-bit grey with an 8-bit key",
      png: grey(2, [0b00_01_10_11], key: [0, 85]), red: [0, 255, 170, 255]),
    Case(
      description: "black of 1-bit grey", png: grey(1, [0b0101_0000], key: [0, 0]),
      red: [255, 255, 255, 255]),
    Case(
      description: "white of 1-bit grey stays as it is",
      png: grey(1, [0b0101_0000], key: [0, 1]), red: [0, 255, 0, 255]),
    Case(
      description: "of 16-bit grey only black is ever found",
      png: grey(16, [0, 0, 0, 1, 1, 0, 0xFF, 0xFF], key: [0xFF, 0]), red: [255, 1, 255, 255]),
    Case(
      description: "16-bit grey with a key whose low byte is not zero",
      png: grey(16, [0, 0, 0, 1, 1, 0, 0xFF, 0xFF], key: [0, 1]), red: [0, 1, 255, 255]),
    Case(
      description: "16-bit RGB compares the key's low bytes with the samples' high bytes",
      png: TestPNG(
        width: 2, depth: 16, colorType: 2,
        samples: [0x12, 0x34, 0x12, 0x34, 0x12, 0x34, 0x34, 0, 0x34, 0, 0x34, 0],
        chunks: [("tRNS", [0x12, 0x34, 0x12, 0x34, 0x12, 0x34])]), red: [0x12, 255]),
    Case(
      description: "a palette with one transparent entry: every pixel of that colour",
      png: palette(alpha: [0, 255]), red: [255, 40, 255, 0]),
    Case(
      description: "a palette with a half-transparent entry has no key",
      png: palette(alpha: [0, 128]), red: [10, 40, 10, 0]),
    Case(
      description: "an opaque palette has no key", png: palette(alpha: [255, 255]),
      red: [10, 40, 10, 0]),
  ]

  private static func grey(_ depth: Int, _ samples: [UInt8], key: [UInt8]) -> TestPNG {
    TestPNG(width: 4, depth: depth, samples: samples, chunks: [("tRNS", key)])
  }

  /// The first and the third entry have the same colour; the last pixel has no entry.
  private static func palette(alpha: [UInt8]) -> TestPNG {
    TestPNG(
      width: 4, colorType: 3, samples: [0, 1, 2, 7],
      chunks: [("PLTE", [10, 20, 30, 40, 50, 60, 10, 20, 30]), ("tRNS", alpha)])
  }

  @Test("a transparent colour is painted white", arguments: cases)
  func painting(_ example: Case) throws {
    var configuration = ImageProcessorConfiguration.default
    configuration.resizes = false
    configuration.cropsCenter = false
    configuration.rescales = false
    configuration.normalizes = false
    func red() throws -> [UInt8] {
      let tensor = try ImagePreprocessor(configuration)
        .tensor(decoding: example.png.bytes, name: "picture")
      return stride(from: 0, to: tensor.shape.count, by: 3).map { UInt8(tensor.elements[$0]) }
    }
    #expect(try red() == example.red)
    // Without conversion to RGB, the processor paints nothing.
    configuration.convertsToRGB = false
    let decoded = try ImageDecoder().decode(example.png.bytes, name: "picture").image
    #expect(try red() == (0..<decoded.width).map { decoded[$0, 0].red })
  }
}
