import ImageInput
import TestSupport

/// Pictures and random bytes that are the same in every run.
enum TestPicture {
  static func plain(_ color: RGBColor, width: Int, height: Int) throws -> RGBImage {
    let pixel = [color.red, color.green, color.blue]
    return try RGBImage(
      width: width, height: height, pixels: (0..<width * height).flatMap { _ in pixel })
  }

  static func noise(width: Int, height: Int, seed: UInt64) throws -> RGBImage {
    var random = SplitMix64(seed: seed)
    let pixels = (0..<width * height * 3).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    return try RGBImage(width: width, height: height, pixels: pixels)
  }
}
