import FoundationEssentials

/// How a checkpoint wants its images prepared, in the words of where it comes from. `ImageInput`
/// makes an `ImageProcessorConfiguration` of it.
public enum Preprocessing: Hashable, Sendable {
  /// The checkpoint does not say: transformers' defaults.
  case unstated
  /// The bytes of transformers' `preprocessor_config.json`.
  case transformers(Data)
  /// timm's transform for evaluation.
  case timm(TimmPreprocessing)
  /// Squashed to a square, as Google's own code evaluates (`bit_pytorch/train.py`, `val_tx`).
  case squash(side: Int)
}

/// What timm's `create_transform` is given for evaluation (`timm/data/transforms_factory.py`), with
/// the defaults of `resolve_data_config` (`timm/data/config.py`).
public struct TimmPreprocessing: Hashable, Sendable {
  /// What happens to an image that is not of the input's proportions.
  public enum CropMode: String, Hashable, Sendable {
    /// What exceeds the shorter side is cut off.
    case center
    /// Both sides are scaled on their own.
    case squash
    /// What the longer side leaves free is filled with the mean colour.
    case border
  }

  /// The input's extents, in pixels.
  public var height = 224
  public var width = 224
  /// The filter as timm calls it: nearest, bilinear, bicubic, box, hamming or lanczos.
  public var interpolation = "bicubic"
  /// The part of the resized picture that the input shows, along each side.
  public var cropFraction = 0.875
  public var cropMode = CropMode.center
  /// One for each of red, green and blue; ImageNet's by default.
  public var mean = [0.485, 0.456, 0.406]
  /// One for each of red, green and blue; ImageNet's by default.
  public var standardDeviation = [0.229, 0.224, 0.225]

  public init() {}
}
