import FoundationEssentials
import ImageInput
import TestSupport
import Testing

@Suite("EXIF orientation")
struct OrientationTests {
  /// Which stored place an upright one shows, written down from the EXIF standard's own words
  /// ("the 0th row is the visual ... of the image, and the 0th column is the visual ...").
  private static func storedPlace(
    _ orientation: Int, column: Int, row: Int, width: Int, height: Int
  ) -> (column: Int, row: Int) {
    let right = width - 1 - column
    let below = height - 1 - row
    return switch orientation {
    case 2: (right, row)
    case 3: (right, below)
    case 4: (column, below)
    case 5: (row, column)
    case 6: (row, right)
    case 7: (below, right)
    case 8: (below, column)
    default: (column, row)
    }
  }

  /// The fixture whose stored orientation is 1, with another number in its place.
  private static func file(orientation: Int) throws -> [UInt8] {
    var bytes = [UInt8](
      try Data(contentsOf: Fixtures.url("preprocess/images/exif_orientation_1.jpg")))
    // Tag 0x0112 of type SHORT, count 1, value 1, big-endian as Pillow writes it.
    let entry: [UInt8] = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 1]
    let place = try #require(
      bytes.indices.first { bytes[$0...].starts(with: entry) }, "no orientation entry")
    bytes[place + 9] = UInt8(orientation)
    return bytes
  }

  @Test("every orientation stands upright", arguments: 0...9)
  func standsUpright(orientation: Int) throws {
    let stored = try ImageDecoder().decode(Self.file(orientation: 1), name: "stored").image
    let image = try ImageDecoder().decode(Self.file(orientation: orientation), name: "").image
    let turned = (5...8).contains(orientation)
    #expect(image.width == (turned ? stored.height : stored.width))
    #expect(image.height == (turned ? stored.width : stored.height))
    for row in 0..<image.height {
      for column in 0..<image.width {
        let place = Self.storedPlace(
          orientation, column: column, row: row, width: image.width, height: image.height)
        guard image[column, row] == stored[place.column, place.row] else {
          Issue.record("orientation \(orientation): pixel (\(column), \(row)) differs")
          return
        }
      }
    }
  }

  @Test("damaged EXIF data does not cost the picture")
  func damagedExif() throws {
    let sound = try Self.file(orientation: 6)
    let start = try #require(sound.indices.first { sound[$0...].starts(with: "Exif".utf8) })
    for offset in 6..<32 {
      var bytes = sound
      bytes[start + offset] ^= 0xFF
      let image = try ImageDecoder().decode(bytes, name: "damaged").image
      #expect(image.width * image.height == 48 * 72)
    }
  }

  /// A directory with nothing but the orientation 6, big-endian.
  private static let exif: [UInt8] =
    Array("MM\0*".utf8) + [0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0]

  private static let rawProfile = Array(
    ("\nexif\n      \(exif.count)\n"
      + exif.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "\n").utf8)

  @Test(
    "a PNG's orientation is found in each chunk that can hold it",
    arguments: [
      ("eXIf", exif), ("tEXt", Array("Raw profile type exif\0".utf8) + rawProfile),
      ("iTXt", Array("XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation=\"6\"/>".utf8)),
      ("tEXt", Array("XML:com.adobe.xmp\0<tiff:Orientation>6</tiff:Orientation>".utf8)),
    ])
  func chunks(name: String, content: [UInt8]) throws {
    let png = TestPNG(
      width: 3, height: 1, samples: [1, 2, 3], chunks: [(name: name, content: content)])
    let image = try ImageDecoder().decode(png.bytes, name: "picture").image
    #expect(image.width == 1 && image.height == 3)
    #expect((0..<3).map { image[0, $0].red } == [1, 2, 3])
  }

  @Test("a JPEG's XMP packet counts when EXIF does not say")
  func xmp() throws {
    let packet = Array(
      "http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation=\"6\" tiff:Orientation=\"3\"/>".utf8)
    let segment = [0xFF, 0xE1, 0, UInt8(packet.count + 2)] + packet
    var bytes = [UInt8](try Data(contentsOf: Fixtures.url("preprocess/images/3x200.jpg")))
    bytes.insert(contentsOf: segment, at: 2)
    #expect(try ImageDecoder().decode(bytes, name: "picture").image.width == 200)
    var told = try Self.file(orientation: 1)
    told.insert(contentsOf: segment, at: 2)
    #expect(try ImageDecoder().decode(told, name: "picture").image.width == 72)
  }
}
