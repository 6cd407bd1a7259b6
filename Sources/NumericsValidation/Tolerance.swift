/// How far a result may lie from the right one, and why just so far.
public struct Tolerance: Hashable, Sendable, CustomStringConvertible {
  /// What the bound is derived from.
  public let name: String

  /// The largest allowed difference, as a part of the largest magnitude of the expected tensor.
  public let relative: Double

  /// The largest allowed difference where that is more than `relative` allows.
  public let absolute: Double

  /// The rule by which the bound was derived, without what it was applied to: tolerances of one rule
  /// are looked at together.
  public let rule: String

  /// How many units of expected rounding the largest allowed difference is.
  public let units: Double

  public init(
    name: String, rule: String? = nil, relative: Double, absolute: Double = 0, units: Double = 1
  ) {
    self.name = name
    self.rule = rule ?? name
    self.relative = relative
    self.absolute = absolute
    self.units = units
  }

  public var description: String { name }

  /// The largest allowed difference from a tensor of this largest magnitude.
  public func allowed(magnitude: Double) -> Double { max(relative * magnitude, absolute) }
}

extension Tolerance {
  /// Equal in value; the signs of zeros may differ.
  public static let exact = Tolerance(name: "exact", relative: 0)

  /// The oracle against results that were computed in Double and stored as Float.
  public static let oracle = Tolerance(name: "oracle", relative: 1e-6)

  /// Logits and pooled features of a whole network in Float. torch's own lie within 6e-6.
  public static let logits = Tolerance(name: "logits", relative: 2e-5)

  /// Any other tensor of a whole network in Float. torch's own lie within 9e-6.
  public static let innerTensor = Tolerance(name: "inner tensor", relative: 5e-5)

  /// Standardised kernels: computed in Double and rounded to Float, or as good as that.
  public static let standardizedWeights = Tolerance(name: "standardised weights", relative: 1e-6)

  /// This, or `factor` times another implementation's error where that is larger.
  public func orError(_ error: Double, times factor: Double, of name: String) -> Tolerance {
    Tolerance(
      name: "\(self.name), or \(Int(factor)) times \(name)'s error", relative: relative,
      absolute: max(absolute, error * factor))
  }
}
