import ImageInput

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

/// A seeded generator (Steele, Lea and Flood, doi:10.1145/2660193.2660195).
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
