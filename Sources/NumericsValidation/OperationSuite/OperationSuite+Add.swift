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
    ]
  }
}
