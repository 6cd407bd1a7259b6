import BiTModel

extension OperationSuite {
  /// Every function where its curve is, and where exponentials overflow.
  static let activationCases = ActivationFunction.allCases.flatMap { function in
    [Float(0.25), 4, 20, 1000].map { range in
      let name = "\(function.rawValue), |x| up to \(range)"
      let half = shape(5, 31, 7)
      // The sum of two equal tensors doubles exactly.
      return OperationCase(
        name, input: half,
        values: .uniform(amplitude: range / 2),
        weights: ActivationWeights()
      ) { network in
        let activation = Activation(function, path: "activation")
        return [network.append("activation", .add(activation), 0, 0)]
      }
    }
  }
}

/// Learnt values in the range that training leaves them in.
package struct ActivationWeights: WeightSource {
  package init() {}

  package func values(of parameter: Parameter) throws -> [Float] {
    let name = parameter.name.path.split(separator: ".").last ?? ""
    let values: [Substring: Float] = [
      "weight": 0.3, "alpha_p": 0.375, "alpha_n": -0.4375, "beta": 0.5, "eps": -1e-6,
    ]
    guard let value = values[name] else {
      throw CheckpointError.missingTensor(parameter.name, file: "memory")
    }
    return [Float](repeating: value, count: parameter.count)
  }
}
