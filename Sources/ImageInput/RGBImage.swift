/// A picture of 8-bit samples: rows from top to bottom without padding, red, green and blue of a
/// pixel next to each other.
public struct RGBImage: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// `width * height * 3` samples.
  public var pixels: [UInt8]

  /// Takes samples that are in memory already.
  ///
  /// - Throws: ``ImageError`` when the sides are not positive, or when the number of samples is
  ///   not `width * height * 3`.
  public init(width: Int, height: Int, pixels: [UInt8]) throws(ImageError) {
    let count = width.multipliedReportingOverflow(by: height)
    let samples = count.partialValue.multipliedReportingOverflow(by: RGBImage.channels)
    guard width > 0, height > 0, !count.overflow, !samples.overflow else {
      throw ImageError(file: "pixels", reason: .emptyPicture(width: width, height: height))
    }
    guard pixels.count == samples.partialValue else {
      throw ImageError(
        file: "pixels",
        reason: .wrongSampleCount(expected: samples.partialValue, found: pixels.count))
    }
    self.init(uncheckedWidth: width, height: height, pixels: pixels)
  }

  /// For samples whose number follows from how they were made.
  init(uncheckedWidth width: Int, height: Int, pixels: [UInt8]) {
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// - Parameter color: red, green and blue.
  init(_ size: ImageSize, filledWith color: [UInt8]) {
    let count = size.width * size.height
    var pixels: [UInt8] = []
    pixels.reserveCapacity(count * RGBImage.channels)
    for _ in 0..<count { pixels += color }
    self.init(uncheckedWidth: size.width, height: size.height, pixels: pixels)
  }

  static let channels = 3

  public var size: ImageSize { ImageSize(height: height, width: width) }

  /// Red, green and blue at a place; (0, 0) is at the top left.
  public subscript(column: Int, row: Int) -> RGBColor {
    let offset = (row * width + column) * RGBImage.channels
    return RGBColor(red: pixels[offset], green: pixels[offset + 1], blue: pixels[offset + 2])
  }

  /// A rectangle of the picture.
  ///
  /// - Precondition: the ranges lie within the picture.
  func part(columns: Range<Int>, rows: Range<Int>) -> RGBImage {
    if columns == 0..<width && rows == 0..<height { return self }
    var part: [UInt8] = []
    part.reserveCapacity(rows.count * columns.count * RGBImage.channels)
    for row in rows {
      let start = (row * width + columns.lowerBound) * RGBImage.channels
      part += pixels[start..<start + columns.count * RGBImage.channels]
    }
    return RGBImage(uncheckedWidth: columns.count, height: rows.count, pixels: part)
  }

  /// Turns every pixel of one colour white.
  mutating func paintWhite(_ color: RGBColor) {
    pixels.withUnsafeMutableBufferPointer { samples in
      for offset in stride(from: 0, to: samples.count, by: RGBImage.channels)
      where samples[offset] == color.red && samples[offset + 1] == color.green
        && samples[offset + 2] == color.blue
      {
        for channel in 0..<RGBImage.channels { samples[offset + channel] = 255 }
      }
    }
  }
}

/// One pixel of an ``RGBImage``.
public struct RGBColor: Sendable, Hashable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8

  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }
}
