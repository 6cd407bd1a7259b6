/// How far a result may lie from the right one, and why just so far.
public struct Tolerance: Hashable, Sendable, CustomStringConvertible {
  /// What the bound is derived from.
  public let name: String

  /// The largest allowed difference, as a part of the largest magnitude of the expected tensor.
  public let relative: Double

  /// The largest allowed difference where that is more than `relative` allows.
  public let absolute: Double

  public init(name: String, relative: Double, absolute: Double = 0) {
    self.name = name
    self.relative = relative
    self.absolute = absolute
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

  /// A sum of `terms` products in Float.
  ///
  /// Each of n additions rounds by at most 2⁻²⁴ of the partial sum. Roundings of random sign add
  /// up to about √n of them, relative to a result whose terms have random signs too; the factor
  /// covers the largest of many elements. Sums in blocks are more exact than this.
  public static func rounding(terms: Int) -> Tolerance {
    Tolerance(
      name: "rounding of \(terms) terms",
      relative: 6 * (Double(max(terms, 1)).squareRoot() + 2) * 0x1p-24)
  }

  /// The last of `operations` connected ones with sums of at most `terms` products, norms among
  /// them: roundings add up, and a norm measures them against the typical magnitude of what it
  /// reads, a few times smaller than the largest.
  public static func chain(of operations: Int, terms: Int) -> Tolerance {
    Tolerance(
      name: "\(operations) operations, rounding of \(terms) terms",
      relative: Double(operations) * rounding(terms: terms).relative)
  }

  /// This, or `factor` times another implementation's error where that is larger.
  public func orError(_ error: Double, times factor: Double, of name: String) -> Tolerance {
    Tolerance(
      name: "\(self.name), or \(Int(factor)) times \(name)'s error", relative: relative,
      absolute: max(absolute, error * factor))
  }
}
