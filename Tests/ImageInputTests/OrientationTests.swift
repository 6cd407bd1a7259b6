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
}
