/// The kernel's side of Winograd's F(4x4, 3x3): G g Gᵀ (Lavin and Gray 2015, arXiv:1509.09308), with the
/// points of `conv2d_winograd.cl`.
enum WinogradTransform {
  /// Outputs along one side of a square.
  static let outputs = 4
  /// Taps along one side of a kernel.
  static let taps = 3
  /// Values along one side of a patch.
  static let side = outputs + taps - 1
  /// Products a square and channel.
  static let positions = side * side

  /// Where polynomials are evaluated; 0 stands for infinity too.
  private static let points = SIMD8<Double>(0, 0.75, -0.75, 1.5, -1.5, 0, 0, 0)

  /// - Parameter g: Nine taps, row by row.
  /// - Returns: The positions, row by row; not rounded beyond Double.
  static func transformed(_ g: (Int) -> Double) -> [Double] {
    let first = expand(g(0), g(3), g(6))
    let second = expand(g(1), g(4), g(7))
    let third = expand(g(2), g(5), g(8))
    return (0..<side).flatMap { row in
      let values = expand(first[row], second[row], third[row])
      return (0..<side).map { values[$0] }
    }
  }

  /// G times a column, `side` values.
  private static func expand(_ a: Double, _ b: Double, _ c: Double) -> SIMD8<Double> {
    var values = a + points * b + points * points * c
    values[side - 1] = c
    return values
  }
}
