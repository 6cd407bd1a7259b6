/// The kernel's side of Winograd's F(2x2, 3x3): G g Gᵀ (Lavin and Gray 2015, arXiv:1509.09308).
enum WinogradTransform {
  /// Outputs along one side of a square.
  static let outputs = 2
  /// Taps along one side of a kernel.
  static let taps = 3
  /// Products a square and channel.
  static let positions = 16

  /// - Parameter g: Nine taps, row by row.
  /// - Returns: Sixteen positions, row by row; not rounded beyond Double.
  static func transformed(_ g: (Int) -> Double) -> [Double] {
    var rows = [Double](repeating: 0, count: 12)
    for column in 0..<3 {
      let values = expand(g(column), g(3 + column), g(6 + column))
      for row in 0..<4 { rows[row * 3 + column] = values[row] }
    }
    return (0..<4).flatMap { row in
      let values = expand(rows[row * 3], rows[row * 3 + 1], rows[row * 3 + 2])
      return (0..<4).map { values[$0] }
    }
  }

  /// G times a column.
  private static func expand(_ a: Double, _ b: Double, _ c: Double) -> SIMD4<Double> {
    SIMD4(a, (a + b + c) / 2, (a - b + c) / 2, c)
  }
}
