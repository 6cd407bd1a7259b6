import BiTModel

extension OperationSuite {
  /// Sums, of a tensor with itself and with one that is repeated over it.
  static let addCases: [OperationCase] = [nil, ActivationFunction.relu].flatMap { function in
    let activation = function.map { Activation($0) }
    let suffix = function.map { " and \($0.rawValue)" } ?? ""
    return [
      OperationCase("add\(suffix), equal shapes", input: shape(5, 4, 33, batch: 3)) {
        [$0.append("sum", .add(activation), 0, 0)]
      },
      // The mean over the image stands for a residual branch that has shrunk to one pixel.
      OperationCase("add\(suffix), one pixel over an image", input: shape(5, 4, 9, batch: 3)) {
        let pooled = $0.append("pooled", .globalAveragePool, 0)
        return [
          $0.append("pixel + image", .add(activation), pooled, 0),
          $0.append("image + pixel", .add(activation), 0, pooled),
        ]
      },
      broadcast("a row over rows", activation, suffix, height: 3, width: 4),
      broadcast("a column over columns", activation, suffix, height: 4, width: 3),
    ]
  }

  /// A 3x3 convolution without padding leaves one row or column; every other pixel is two by two.
  private static func broadcast(
    _ name: String, _ activation: Activation?, _ suffix: String, height: Int, width: Int
  ) -> OperationCase {
    OperationCase("add\(suffix), \(name)", input: shape(height, width, 9, batch: 2)) {
      let thin = $0.append(
        "thin",
        .convolution(convolution(9, 9, kernel: 3, padding: .symmetric(0), path: "thin")), 0)
      let wide = $0.append(
        "wide", .convolution(convolution(9, 9, kernel: 1, stride: 2, path: "wide")), 0)
      return [
        thin, wide, $0.append("thin + wide", .add(activation), thin, wide),
        $0.append("wide + thin", .add(activation), wide, thin),
      ]
    }
  }
}
