/// How a camera was held: what must be done to a stored picture so that it stands upright.
/// The raw values are those of the EXIF tag 0x0112 (EXIF 2.32, 4.6.5).
public enum ExifOrientation: Int, Sendable, CaseIterable {
  case upright = 1
  case mirroredHorizontally = 2
  case upsideDown = 3
  case mirroredVertically = 4
  /// Mirrored at the diagonal from top left to bottom right.
  case transposed = 5
  /// To be turned clockwise by a quarter.
  case quarterTurnRight = 6
  /// Mirrored at the diagonal from top right to bottom left.
  case transversed = 7
  /// To be turned anticlockwise by a quarter.
  case quarterTurnLeft = 8

  /// Whether width and height change places.
  var exchangesSides: Bool { rawValue >= 5 }

  /// Where the stored pixel at (`column`, `row`) of a picture of the given stored size stands in
  /// the upright one.
  func uprightPlace(column: Int, row: Int, width: Int, height: Int) -> (column: Int, row: Int) {
    let right = width - 1 - column
    let below = height - 1 - row
    return switch self {
    case .upright: (column, row)
    case .mirroredHorizontally: (right, row)
    case .upsideDown: (right, below)
    case .mirroredVertically: (column, below)
    case .transposed: (row, column)
    case .quarterTurnRight: (below, column)
    case .transversed: (below, right)
    case .quarterTurnLeft: (row, right)
    }
  }
}
