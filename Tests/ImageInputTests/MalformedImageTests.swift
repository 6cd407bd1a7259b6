import FoundationEssentials
import ImageInput
import TestSupport
import Testing

/// Damaged files must end in an error that names them, or in a picture of the announced size;
/// never in a trap, a hang or an allocation that the file's header alone justifies.
@Suite("Malformed images")
struct MalformedImageTests {
  static let images = GoldenPictureTests.images

  private static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Fixtures.url("preprocess/images/\(name)")))
  }

  /// Nil for a picture, otherwise the reason against it.
  private static func failure(
    _ bytes: [UInt8], _ limits: ImageLimits = .default
  ) -> ImageError.Reason? {
    do throws(ImageError) {
      let image = try ImageDecoder(limits: limits).decode(bytes, name: "broken.img").image
      #expect(image.pixels.count == image.width * image.height * 3)
      return nil
    } catch {
      #expect(error.file == "broken.img")
      #expect(error.description.hasPrefix("broken.img: "))
      return error.reason
    }
  }

  @Test("a truncated JPEG is refused wherever it ends", arguments: images.filter(isJPEG))
  func truncatedJPEG(name: String) throws {
    let whole = try Self.bytes(name)
    for count in 3..<whole.count {
      let failure = Self.failure(Array(whole[..<count]))
      guard case .truncated(.jpeg, _) = failure else {
        Issue.record("\(count) of \(whole.count) bytes: \(String(describing: failure))")
        return
      }
    }
  }

  /// Pillow, too, takes a PNG of which only what follows the pixels is missing.
  @Test("a truncated PNG is refused unless all pixels are there", arguments: images.filter(isPNG))
  func truncatedPNG(name: String) throws {
    let whole = try Self.bytes(name)
    let image = try ImageDecoder().decode(whole, name: name).image
    // Check sum and length of zlib and IDAT, and the IEND chunk.
    let tail = 24
    for count in stride(from: 8, to: whole.count, by: max(1, whole.count / 700)) {
      let part = Array(whole[..<count])
      if count < whole.count - tail {
        #expect(Self.failure(part) != nil, "\(count) of \(whole.count) bytes")
      } else if let rest = try? ImageDecoder().decode(part, name: name) {
        #expect(rest.image == image)
      }
    }
  }

  @Test("flipped bits and foreign bytes end in a picture or an error", arguments: images)
  func mutations(name: String) throws {
    let whole = try Self.bytes(name)
    var random = SplitMix64(seed: 17)
    for _ in 0..<300 {
      var bytes = whole
      switch Int.random(in: 0..<4, using: &random) {
      case 0:
        bytes[Int.random(in: 0..<bytes.count, using: &random)] ^=
          1
          << UInt8.random(
            in: 0..<8, using: &random)
      case 1:
        let start = Int.random(in: 0..<bytes.count, using: &random)
        for place in start..<min(bytes.count, start + 40) {
          bytes[place] = UInt8(truncatingIfNeeded: random.next())
        }
      case 2:
        let start = Int.random(in: 0..<bytes.count, using: &random)
        bytes.removeSubrange(start..<min(bytes.count, start + 40))
      default:
        // Where sizes, types and lengths stand.
        bytes[Int.random(in: 0..<min(bytes.count, 64), using: &random)] = UInt8(
          truncatingIfNeeded: random.next())
      }
      _ = Self.failure(bytes)
    }
  }

  private static func isJPEG(_ name: String) -> Bool { name.hasSuffix("jpg") }
  private static func isPNG(_ name: String) -> Bool { name.hasSuffix("png") }

  // MARK: - Size

  /// A PNG that holds far fewer samples than its header says.
  private static func png(width: Int, height: Int) -> [UInt8] {
    var png = TestPNG(width: 1, height: 1, colorType: 2, samples: [1, 2, 3])
    let small = png.bytes
    (png.width, png.height) = (width, height)
    return png.header + small[png.header.count...]
  }

  @Test(
    "a PNG that announces too many pixels is refused by its header",
    arguments: [(50_000, 50_000), (13_000, 13_000), (2_000_000, 1), (1, 0x7FFF_FFFF)])
  func hugePNG(width: Int, height: Int) {
    let bytes = Self.png(width: width, height: height)
    #expect(
      Self.failure(bytes)
        == .tooManyPixels(
          width: width, height: height, limit: ImageLimits.default.maximumPixels))
  }

  @Test("a JPEG that announces too many pixels is refused by its header")
  func hugeJPEG() throws {
    var bytes = try Self.bytes("baseline_420.jpg")
    let frame = try #require(bytes.indices.first { bytes[$0...].starts(with: [0xFF, 0xC0, 0]) })
    bytes.replaceSubrange(frame + 5..<frame + 9, with: [0xEA, 0x60, 0xEA, 0x60])
    #expect(
      Self.failure(bytes)
        == .tooManyPixels(
          width: 60_000, height: 60_000, limit: ImageLimits.default.maximumPixels))
  }

  @Test("a picture without pixels is refused")
  func withoutPixels() {
    for (width, height) in [(0, 5), (5, 0), (0, 0)] {
      #expect(Self.failure(Self.png(width: width, height: height)) != nil)
    }
  }

  @Test("a decoder that needs the whole picture counts against the memory limit")
  func memoryLimit() throws {
    var limits = ImageLimits.default
    for name in ["baseline_420.jpg", "rgb8_photo.png"] {
      limits.maximumDecodingBytes = try 61 * 97 * 3 + Self.bytes(name).count
      #expect(try Self.failure(Self.bytes(name), limits) == nil)
    }
    for name in ["progressive_420.jpg", "rgb8_interlaced.png"] {
      limits.maximumDecodingBytes = try 61 * 97 * 3 + Self.bytes(name).count
      guard case .tooMuchMemory = try Self.failure(Self.bytes(name), limits) else {
        Issue.record("\(name) passed")
        continue
      }
    }
  }

  @Test("a JPEG of endless scans is given up")
  func endlessScans() throws {
    let whole = try Self.bytes("progressive_gray.jpg")
    let scan = try #require(whole.indices.first { whole[$0...].starts(with: [0xFF, 0xDA]) })
    // The next segment holds the Huffman table of the second scan.
    let next = try #require(
      whole.indices.first { $0 > scan && whole[$0...].starts(with: [0xFF, 0xC4]) })
    let copies = (0..<5000).flatMap { _ in whole[scan..<next] }
    let bytes = whole[..<next] + copies + whole[next...]
    guard case .unsupportedVariety(.jpeg, let detail) = Self.failure(Array(bytes)) else {
      Issue.record("passed")
      return
    }
    #expect(detail.contains("scans"))
  }

  // MARK: - Other kinds of files

  @Test(
    "files of other kinds are named",
    arguments: [
      ("GIF89a....", ImageKind.gif), ("%PDF-1.7", .pdf), ("<html>", .html),
      ("<?xml version=\"1.0\"?><svg>", .svg), ("label,score\ncat,0.5\n", .text),
      ("\u{0}\u{0}\u{0}\u{18}ftypheic\u{0}\u{0}", .heif), ("PK\u{3}\u{4}....", .zip),
      ("\u{1}\u{2}\u{3}", .unknown), ("RIFF\u{1}\u{0}\u{0}\u{0}WAVE", .unknown),
    ])
  func otherKinds(content: String, kind: ImageKind) {
    #expect(Self.failure(Array(content.utf8)) == .notSupported(kind))
  }

  @Test("an empty file is called empty")
  func emptyFile() { #expect(Self.failure([]) == .emptyFile) }

  @Test("WebP is read, or refused, as the build was configured")
  func webP() throws {
    // 3x2 pixels, lossless.
    let bytes: [UInt8] = [
      82, 73, 70, 70, 70, 0, 0, 0, 87, 69, 66, 80, 86, 80, 56, 76, 58, 0, 0, 0,
      47, 2, 64, 0, 0, 47, 160, 160, 109, 27, 166, 31, 229, 248, 211, 24, 13, 50, 105, 155,
      210, 171, 254, 13, 77, 218, 20, 164, 109, 192, 116, 199, 205, 252, 235, 219, 252, 7, 248, 71,
      120, 200, 88, 117, 27, 40, 72, 219, 128, 197, 221, 51, 180, 136, 254, 199, 213, 1,
    ]
    #if WebP
      let image = try ImageDecoder().decode(bytes, name: "picture").image
      #expect(image.width == 3 && image.height == 2)
      #expect(image[1, 0] == RGBColor(red: 1, green: 2, blue: 3))
      #expect(image[2, 1] == RGBColor(red: 200, green: 100, blue: 50))
    #else
      #expect(Self.failure(bytes) == .notSupported(.webP))
    #endif
  }
}
