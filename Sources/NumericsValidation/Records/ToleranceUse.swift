/// How much of the limits that one rule gave was ever needed.
///
/// A limit far wider than any error measured proves nothing: it is reported, so that it is either
/// explained or made narrower.
public struct ToleranceUse: Hashable, Sendable, Codable {
  /// The rule by which the limits were derived.
  public let rule: String
  /// How many tensors it judged.
  public let tensors: Int
  /// The largest part of the limit that an error of a passing tensor used up.
  @JSONNumber public internal(set) var largestFraction: Double
  /// Where that was.
  public let check: Check
  public let tensor: String
  /// The limit there, in its own words.
  public let tolerance: String

  private enum CodingKeys: String, CodingKey {
    case rule, tensors, check, tensor, tolerance
    case largestFraction = "largest_fraction"
  }

  /// Below this fraction a limit is suspiciously wide.
  public static let wideFraction = 0.02

  public var isWide: Bool { largestFraction < Self.wideFraction }

  /// The rules that some results were judged by, sorted by name. Exact ones are left out, and
  /// so are tensors that failed: they say nothing of the limit's width.
  public static func all(in results: some Sequence<CheckResult>) -> [ToleranceUse] {
    var uses: [String: ToleranceUse] = [:]
    for result in results {
      for tensor in result.tensors where tensor.passed && tensor.allowed > 0 {
        let known = uses[tensor.rule]
        let isLarger = tensor.fractionOfAllowed >= known?.largestFraction ?? 0
        uses[tensor.rule] = ToleranceUse(
          rule: tensor.rule, tensors: (known?.tensors ?? 0) + 1,
          largestFraction: isLarger ? tensor.fractionOfAllowed : known?.largestFraction ?? 0,
          check: isLarger ? result.check : known?.check ?? result.check,
          tensor: isLarger ? tensor.name : known?.tensor ?? tensor.name,
          tolerance: isLarger ? tensor.tolerance : known?.tolerance ?? tensor.tolerance)
      }
    }
    return uses.values.sorted { $0.rule < $1.rule }
  }
}
