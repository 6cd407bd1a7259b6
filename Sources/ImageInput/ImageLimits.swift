/// What decoding may cost, checked against a picture's header before anything is allocated.
public struct ImageLimits: Sendable, Equatable {
  /// Width times height.
  public var maximumPixels: Int
  /// Width, and height: libpng's own default.
  public var maximumSide: Int
  /// Bytes that a file, its decoded picture and the decoder may hold together.
  public var maximumDecodingBytes: Int
  /// Bytes of a file that is read whole.
  public var maximumFileBytes: Int

  public init(
    maximumPixels: Int = 89_478_485, maximumSide: Int = 1_000_000,
    maximumDecodingBytes: Int = 300_000_000, maximumFileBytes: Int = 1 << 28
  ) {
    self.maximumPixels = maximumPixels
    self.maximumSide = maximumSide
    self.maximumDecodingBytes = maximumDecodingBytes
    self.maximumFileBytes = maximumFileBytes
  }

  /// A quarter of a gibibyte of RGB, the number of pixels from which Pillow warns of a
  /// decompression bomb (`PIL.Image.MAX_IMAGE_PIXELS`); 300 MB with the decoder's own needs; and
  /// files as large as such a picture without any compression.
  public static let `default` = ImageLimits()
}
