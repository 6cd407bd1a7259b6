import BiTModel

/// One computed tensor beside the expected one, as it is reported.
public struct TensorResult: Hashable, Sendable, Codable {
  /// An element, and its values.
  public struct Element: Hashable, Sendable, Codable {
    public let image: Int
    public let row: Int
    public let column: Int
    public let channel: Int
    @JSONNumber public internal(set) var expected: Double
    @JSONNumber public internal(set) var found: Double

    init(_ position: TensorComparison.Position, expected: Double, found: Double) {
      image = position.image
      row = position.row
      column = position.column
      channel = position.channel
      self.expected = expected
      self.found = found
    }
  }

  /// The node's name.
  public private(set) var name: String
  /// What the limit is derived from.
  public let tolerance: String
  /// The rule of that derivation, without the numbers it was applied to.
  public let rule: String
  /// The largest allowed difference.
  @JSONNumber public internal(set) var allowed: Double
  /// The largest difference; infinite where a value is not finite or the shapes differ.
  @JSONNumber public internal(set) var maxAbsolute: Double
  /// `maxAbsolute` as a part of `magnitude`.
  @JSONNumber public internal(set) var maxRelative: Double
  /// `maxAbsolute` in units of the rounding that a sum of this length is expected to have, in the
  /// device's type; the tolerance allows a few. 0 where nothing is rounded and nothing differs.
  @JSONNumber public internal(set) var units: Double
  /// The cosine of the angle between the two tensors; 1 where they are equal, NaN where a value is
  /// not finite.
  @JSONNumber public internal(set) var cosine: Double
  /// The largest magnitude of the expected tensor.
  @JSONNumber public internal(set) var magnitude: Double
  /// How far the tensor is from the oracle's by all errors since the pixels, as a part of its
  /// magnitude; `nil` where that was not measured.
  public internal(set) var drift: JSONNumber?
  /// The element that is furthest off; `nil` for equal or empty tensors and where the shapes differ.
  public let worst: Element?
  /// [batch, height, width, channels]
  public let shape: [Int]
  /// What the device returned where that is another shape.
  public let foundShape: [Int]?
  public internal(set) var passed: Bool
  /// The kernel that wrote the tensor, with its tile parameters, such as
  /// `conv2d_vector VECTOR=8 MICRO_PIXELS=6, tile 4x7`; `nil` where the backend does not say.
  public let kernel: String?

  private enum CodingKeys: String, CodingKey {
    case name, tolerance, rule, allowed, units, cosine, magnitude, drift, shape, passed, kernel
    case maxAbsolute = "max_abs"
    case maxRelative = "max_rel"
    case worst = "where"
    case foundShape = "found_shape"
  }
}

extension TensorResult {
  func renamed(_ name: String) -> TensorResult {
    var result = self
    result.name = name
    return result
  }

  /// The part of the limit that is used up; 0 for a limit of zero that is kept.
  public var fractionOfAllowed: Double {
    maxAbsolute == 0 ? 0 : allowed == 0 ? .infinity : maxAbsolute / allowed
  }
}

extension TensorResult {
  init(_ comparison: TensorComparison, kernel: String? = nil, drift: Double? = nil) {
    name = comparison.name
    tolerance = comparison.tolerance.name
    rule = comparison.tolerance.rule
    _allowed = JSONNumber(wrappedValue: comparison.allowed)
    _maxAbsolute = JSONNumber(wrappedValue: comparison.maxAbsolute)
    _maxRelative = JSONNumber(wrappedValue: comparison.maxRelative)
    _units = JSONNumber(wrappedValue: comparison.units)
    _cosine = JSONNumber(wrappedValue: comparison.cosine)
    _magnitude = JSONNumber(wrappedValue: comparison.magnitude)
    self.drift = drift.map { JSONNumber(wrappedValue: $0) }
    worst = comparison.position.flatMap { position in
      let (expected, found) = comparison.valuesThere
      return comparison.maxAbsolute == 0
        ? nil : Element(position, expected: expected, found: found)
    }
    shape = comparison.expectedShape.extents
    foundShape =
      comparison.foundShape == comparison.expectedShape ? nil : comparison.foundShape.extents
    passed = comparison.passed
    self.kernel = kernel
  }
}
