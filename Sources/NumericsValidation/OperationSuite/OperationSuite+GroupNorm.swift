import BiTModel

extension OperationSuite {
  static let groupNormCases = groupCases + statisticsCases

  static func norm(
    _ channels: Int, groups: Int, path: String, activation: ActivationFunction = .relu
  ) -> GroupNorm {
    GroupNorm(
      channels: channels, groups: groups, epsilon: 1e-5, path: path, activation: activation)
  }

  /// One group, one channel a group, widths that no tile divides, and groups of more values than
  /// half precision counts.
  private static let groupCases = [
    (channels: 1, groups: 1, height: 3, width: 5, batch: 1), (6, 3, 1, 2, 3), (8, 8, 7, 7, 1),
    (16, 4, 16, 16, 1), (17, 1, 5, 3, 3), (31, 31, 4, 9, 1), (32, 32, 15, 17, 1),
    (33, 3, 8, 8, 3), (63, 7, 9, 2, 1), (64, 32, 31, 33, 1), (64, 64, 1, 65, 3),
    (65, 5, 2, 2, 1), (65, 13, 7, 1, 3), (128, 1, 12, 12, 1), (96, 32, 1, 1, 2),
    (5, 1, 27, 31, 2), (21, 1, 53, 61, 1),
  ].flatMap { channels, groups, height, width, batch in
    [ActivationFunction.relu, .linear].map { activation in
      let name =
        "group norm and \(activation.rawValue), \(channels) channels in \(groups) groups,"
        + " \(batch) of \(height)x\(width)"
      return OperationCase(
        name,
        .groupNorm(norm(channels, groups: groups, path: name, activation: activation)),
        input: shape(height, width, channels, batch: batch))
    }
  }

  /// Inputs on which careless statistics lose everything.
  private static let statisticsCases: [OperationCase] = {
    let input = shape(17, 19, 16)
    func statistics(
      _ name: String, center: Float, amplitude: Float
    ) -> OperationCase {
      OperationCase(
        "group norm, \(name)",
        .groupNorm(norm(16, groups: 4, path: name, activation: .linear)), input: input,
        values: .uniform(center: center, amplitude: amplitude))
    }
    let amplitude = Float(3).squareRoot()
    // Each part's mean is a Float, the group's mean is not: 10⁴ and a third of a unit.
    let remainder = OperationCase(
      "group norm, a mean between two Floats",
      .groupNorm(norm(12, groups: 4, path: "remainder", activation: .linear)),
      input: shape(17, 19, 12), values: .constantChannels { 10_000 + Float($0 % 3 / 2) })
    return [
      remainder,
      statistics("mean 10⁴ deviations", center: 1e4, amplitude: amplitude),
      statistics("mean −10⁴ deviations", center: -1e4, amplitude: amplitude),
      statistics(
        "mean 10⁴ deviations, small values", center: 100, amplitude: amplitude / 100),
      statistics(
        "variance of the order of ε", center: 0, amplitude: 0.003),
      statistics("large values", center: 0, amplitude: 1e6),
      statistics("constant input", center: 0.7, amplitude: 0),
      statistics("zero input", center: 0, amplitude: 0),
    ]
  }()
}
