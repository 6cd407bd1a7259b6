/// Everything that determines a BiT network but its weights.
///
/// Names and defaults are those of transformers' `BitConfig`
/// (`models/bit/configuration_bit.py`); google/bit-50 is the default throughout.
public struct ModelConfiguration: Hashable, Sendable {
  public enum LayerType: String, Hashable, Sendable {
    case preactivation, bottleneck
  }

  /// How convolutions pad their input.
  public enum GlobalPadding: String, Hashable, Sendable {
    /// PyTorch's symmetric padding; `null` in `config.json`.
    case symmetric
    case same = "SAME"
    case valid = "VALID"
  }

  /// Which of transformers' classes the checkpoint is of, that is, which outputs it has.
  public enum Task: Hashable, Sendable {
    case imageClassification
    /// `BitModel`: pooled features only.
    case features
    /// `BitBackbone`: feature maps of some stages; 0 is the stem.
    case backbone(stages: [Int])
  }

  /// What the logits mean.
  public enum ProblemType: String, Hashable, Sendable {
    case regression
    case singleLabel = "single_label_classification"
    case multiLabel = "multi_label_classification"
  }

  public var channels = 3
  public var embeddingSize = 64
  public var hiddenSizes = [256, 512, 1024, 2048]
  public var depths = [3, 4, 6, 3]
  public var layerType = LayerType.preactivation
  public var hiddenActivation = ActivationFunction.relu
  public var globalPadding = GlobalPadding.symmetric
  public var groups = 32
  public var embeddingDynamicPadding = false
  public var outputStride = 32
  public var widthFactor = 1
  public var task = Task.imageClassification
  /// The classes' names; as many as the classifier has outputs.
  public var labels: [String] = []
  public var problemType: ProblemType?

  /// ε of weight standardisation: 1e-8 in transformers and timm, 1e-10 in Google's own code.
  public var standardizationEpsilon = 1e-8
  /// ε of group normalisation, 1e-5 in all three.
  public var groupNormEpsilon = 1e-5

  public init() {}
}

extension ModelConfiguration {
  /// Bounds far beyond any real model, so that a hostile file cannot make the program allocate.
  enum Limit {
    static let stages = 24
    static let layers = 4096
    static let channels = 1 << 17
    static let labels = 1 << 20
  }

  /// Rounds a width to a multiple of 8, but never down by more than a tenth
  /// (`make_div` in `modeling_bit.py`).
  static func makeDivisible(_ value: Double, by divisor: Int = 8) -> Int {
    let rounded = max(divisor, Int(value + Double(divisor) / 2) / divisor * divisor)
    return Double(rounded) < 0.9 * value ? rounded + divisor : rounded
  }

  /// The padding of a convolution (`get_padding_value` in `modeling_bit.py`).
  func padding(kernel: Int, stride: Int = 1, dilation: Int = 1) -> SpatialPadding {
    let symmetric = SpatialPadding.symmetric(((stride - 1) + dilation * (kernel - 1)) / 2)
    switch globalPadding {
    case .symmetric: return symmetric
    case .valid: return .symmetric(0)
    case .same: return stride == 1 && dilation * (kernel - 1) % 2 == 0 ? symmetric : .same
    }
  }
}
