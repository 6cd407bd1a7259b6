import BiTModel

/// One computed tensor beside the expected one.
public struct TensorComparison: Sendable {
  /// An element of a tensor.
  public struct Position: Hashable, Sendable, CustomStringConvertible {
    public let image: Int
    public let row: Int
    public let column: Int
    public let channel: Int

    public var description: String {
      "image \(image), row \(row), column \(column), channel \(channel)"
    }
  }

  public let name: String
  public let tolerance: Tolerance
  public let expectedShape: TensorShape
  public let foundShape: TensorShape
  /// The largest magnitude of the expected tensor.
  public let magnitude: Double
  /// The largest allowed difference.
  public let allowed: Double
  /// The largest difference; infinite where a value is not a number or the shapes differ.
  public let maxAbsolute: Double
  /// Where it is; `nil` for empty tensors and where the shapes differ.
  public let position: Position?
  /// The expected and the found value there.
  public let valuesThere: (expected: Double, found: Double)
  /// The cosine of the angle between the tensors; 1 where both are zero, NaN where a value is not
  /// finite or the shapes differ.
  public let cosine: Double

  /// `maxAbsolute` as a part of the largest magnitude; 0 if both are 0.
  public var maxRelative: Double {
    guard maxAbsolute.isFinite else { return .infinity }
    return maxAbsolute == 0 ? 0 : maxAbsolute / magnitude
  }

  public var passed: Bool { maxAbsolute.isFinite && maxAbsolute <= allowed }

  public init<Expected, Found>(
    _ name: String, expected: Tensor<Expected>, found: Tensor<Found>, tolerance: Tolerance
  ) {
    self.name = name
    self.tolerance = tolerance
    expectedShape = expected.shape
    foundShape = found.shape
    magnitude = expected.elements.reduce(0) { max($0, abs(Double($1))) }
    allowed = tolerance.allowed(magnitude: magnitude)
    guard found.shape == expected.shape else {
      maxAbsolute = .infinity
      position = nil
      valuesThere = (.nan, .nan)
      cosine = .nan
      return
    }
    var largest = -1.0
    var worst: Int?
    var (product, expectedSquare, foundSquare) = (0.0, 0.0, 0.0)
    for index in expected.elements.indices {
      let (a, b) = (Double(expected.elements[index]), Double(found.elements[index]))
      let difference = abs(a - b)
      // A NaN on either side, or an infinity, never passes.
      let error = difference.isFinite ? difference : .infinity
      if error > largest { (largest, worst) = (error, index) }
      product += a * b
      expectedSquare += a * a
      foundSquare += b * b
    }
    maxAbsolute = max(largest, 0)
    position = worst.map { Position(offset: $0, shape: expected.shape) }
    valuesThere =
      worst.map { (Double(expected.elements[$0]), Double(found.elements[$0])) } ?? (.nan, .nan)
    let lengths = expectedSquare.squareRoot() * foundSquare.squareRoot()
    cosine =
      expectedSquare == 0 && foundSquare == 0
      ? 1 : lengths == 0 ? 0 : min(max(product / lengths, -1), 1)
  }

  /// Tensors that cannot be compared because their shapes differ.
  init(_ name: String, expectedShape: TensorShape, foundShape: TensorShape) {
    self.name = name
    self.expectedShape = expectedShape
    self.foundShape = foundShape
    tolerance = .exact
    magnitude = 0
    allowed = 0
    maxAbsolute = .infinity
    position = nil
    valuesThere = (.nan, .nan)
    cosine = .nan
  }
}

extension TensorComparison.Position {
  init(offset: Int, shape: TensorShape) {
    channel = offset % shape.channels
    let pixel = offset / shape.channels
    column = pixel % shape.width
    row = pixel / shape.width % shape.height
    image = pixel / shape.width / shape.height
  }
}

extension TensorComparison: CustomStringConvertible {
  public var description: String {
    guard foundShape == expectedShape else {
      return "\(name): shape \(foundShape), expected \(expectedShape)"
    }
    return "\(name): max abs \(maxAbsolute), allowed \(allowed) (\(tolerance), largest magnitude"
      + " \(magnitude)), max rel \(maxRelative)\(position.map { " at \($0)" } ?? "")"
  }
}
