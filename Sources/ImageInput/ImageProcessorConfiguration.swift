/// How a checkpoint wants its pictures prepared: what `preprocessor_config.json` says.
///
/// The names, the defaults and the meaning of each value are those of Hugging Face transformers'
/// `BitImageProcessor` (`models/bit/image_processing_bit.py`, version 5.23); `rounding` and
/// `fillColor` are what timm needs beyond them.
public struct ImageProcessorConfiguration: Sendable, Equatable {
  /// Whose rounding decides where half a pixel goes.
  public enum Rounding: Sendable, Equatable {
    /// Sides that fit are truncated; a crop is moved to the left and top, missing pixels are
    /// added there.
    case transformers
    /// Sides that fit are rounded, as is the place of a crop, to even numbers from the middle;
    /// missing pixels are added to the right and bottom
    /// (`torchvision/transforms/functional.py`, `timm/data/transforms.py`).
    case timm
  }

  /// The size to which a picture is resized.
  public enum ResizeTarget: Sendable, Equatable {
    /// The shorter side becomes `edge`, the other keeps the proportion. With `longest`, both
    /// become smaller so that the longer side does not exceed it.
    case shortestEdge(Int, longest: Int?)
    /// Exactly this, whatever the proportion.
    case exact(ImageSize)
    /// As large as fits in here, in proportion.
    case fitting(ImageSize)
    /// As small as covers this, in proportion. timm's alone, for an input that is no square.
    case covering(ImageSize)
  }

  public var convertsToRGB = true
  public var resizes = true
  public var resizeTarget = ResizeTarget.shortestEdge(224, longest: nil)
  public var resampling = Resampling.bicubic
  public var cropsCenter = true
  public var cropSize = ImageSize(side: 224)
  public var rescales = true
  public var rescaleFactor = 1.0 / 255
  public var normalizes = true
  /// One for each of red, green and blue.
  public var mean = [0.48145466, 0.4578275, 0.40821073]
  /// One for each of red, green and blue; none is zero.
  public var standardDeviation = [0.26862954, 0.26130258, 0.27577711]
  public var rounding = Rounding.transformers
  /// What a crop shows where the picture does not reach: red, green and blue.
  public var fillColor: [UInt8] = [0, 0, 0]
  /// The size to which the normalised picture is filled up with zeros at the right and below.
  public var padSize: ImageSize?

  /// The class's own defaults, with the mean and standard deviation of OpenAI's CLIP.
  public init() {}

  /// What a checkpoint without `preprocessor_config.json` gets.
  public static let `default` = ImageProcessorConfiguration()

  /// Whether every side is between 1 and ``maximumSide``, and there are three means and
  /// deviations. Configurations that were read and overridden always are.
  var isWithinBounds: Bool {
    let targetSides =
      switch resizeTarget {
      case .shortestEdge(let edge, let longest): [edge, longest ?? edge]
      case .exact(let size), .fitting(let size), .covering(let size): [size.height, size.width]
      }
    let padSides = padSize.map { [$0.height, $0.width] } ?? []
    let sides = targetSides + padSides + [cropSize.height, cropSize.width]
    return sides.allSatisfy { (1...Self.maximumSide).contains($0) }
      && fillColor.count == RGBImage.channels
      && mean.count == RGBImage.channels && standardDeviation.count == RGBImage.channels
  }

  /// The longest side that a configuration may ask for.
  public static let maximumSide = 16_384

  /// Pixels of the largest tensor that a configuration may ask for: 100 MB of Float.
  public static let maximumPixels = 1 << 23
}
