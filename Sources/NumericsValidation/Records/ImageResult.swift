/// What a device and the oracle made of one image.
public struct ImageResult: Hashable, Sendable, Codable {
  public let name: String
  /// The device's outputs, before softmax or sigmoid.
  public let logits: [JSONNumber]
  /// The oracle's.
  public let expected: [JSONNumber]

  public init(name: String, logits: [Float], expected: [Double]) {
    self.name = name
    self.logits = logits.map { JSONNumber(wrappedValue: Double($0)) }
    self.expected = expected.map { JSONNumber(wrappedValue: $0) }
  }

  /// The classes of the largest logits, largest first; of equal ones the lower index.
  public func top(_ count: Int) -> [Int] { Self.top(count, of: logits) }

  /// As `top(_:)`, by the oracle.
  public func expectedTop(_ count: Int) -> [Int] { Self.top(count, of: expected) }

  static func top(_ count: Int, of logits: [JSONNumber]) -> [Int] {
    // A NaN is below everything, so that the order is one.
    let values = logits.map { $0.wrappedValue.isNaN ? -.infinity : $0.wrappedValue }
    return Array(
      values.indices.sorted { (values[$1], $0) < (values[$0], $1) }.prefix(count))
  }
}

/// How far two devices, or a device and the oracle, agree on the same images.
public struct Agreement: Hashable, Sendable, Codable {
  public let images: Int
  /// Images with the same best class.
  public let sameTop1: Int
  /// Images with the same five best classes, in any order.
  public let sameTop5: Int
  /// The largest difference of two logits.
  @JSONNumber public internal(set) var maxAbsolute: Double
  /// The same as a part of the largest logit.
  @JSONNumber public internal(set) var maxRelative: Double

  private enum CodingKeys: String, CodingKey {
    case images
    case sameTop1 = "same_top1"
    case sameTop5 = "same_top5"
    case maxAbsolute = "max_abs"
    case maxRelative = "max_rel"
  }

  /// A device beside the oracle.
  public init(withOracle results: [ImageResult]) {
    self.init(results.map { ($0.logits, $0.expected) })
  }

  /// Two devices, on the images that both have, by name.
  public init(_ first: [ImageResult], _ second: [ImageResult]) {
    let others = Dictionary(second.map { ($0.name, $0.logits) }) { first, _ in first }
    self.init(
      first.compactMap { result in others[result.name].map { (result.logits, $0) } })
  }

  private init(_ pairs: [(a: [JSONNumber], b: [JSONNumber])]) {
    var (top1, top5, difference, magnitude) = (0, 0, 0.0, 0.0)
    for (a, b) in pairs where a.count == b.count {
      let (best, other) = (ImageResult.top(5, of: a), ImageResult.top(5, of: b))
      if best.first == other.first { top1 += 1 }
      if Set(best) == Set(other) { top5 += 1 }
      for (x, y) in zip(a, b) {
        let distance = abs(x.wrappedValue - y.wrappedValue)
        difference = max(difference, distance.isFinite ? distance : .infinity)
        magnitude = max(magnitude, y.wrappedValue.isFinite ? abs(y.wrappedValue) : 0)
      }
    }
    images = pairs.count
    sameTop1 = top1
    sameTop5 = top5
    if pairs.contains(where: { $0.a.count != $0.b.count }) { difference = .infinity }
    _maxAbsolute = JSONNumber(wrappedValue: difference)
    _maxRelative = JSONNumber(wrappedValue: difference == 0 ? 0 : difference / magnitude)
  }
}
