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
        values: HostTensor(shape: half, uniform: name, amplitude: range / 2),
        weights: ActivationWeights()
      ) { network in
        let activation = Activation(function, path: "activation")
        return [
          OperationCase.Output(
            node: network.append("activation", .add(activation), 0, 0),
            tolerance: tolerance(of: function))
        ]
      }
    }
  }

  private static func tolerance(of function: ActivationFunction) -> Tolerance {
    switch function {
    case .linear, .relu, .relu6: .exact
    case .leakyReLU, .prelu, .relu2, .hardswish: .rounding(terms: 1)
    default: elementary
    }
  }

  /// A few units in the last place of the largest value: tanh, erf and exp of the OpenCL standard
  /// are allowed 5, 16 and 3, and a formula combines two or three of them.
  private static let elementary = Tolerance(
    name: "elementary functions", relative: 16 * 0x1p-23)
}

/// Learnt values in the range that training leaves them in.
struct ActivationWeights: WeightSource {
  func values(of parameter: Parameter) throws -> [Float] {
    let name = parameter.name.path.split(separator: ".").last ?? ""
    let values: [Substring: Float] = [
      "weight": 0.25, "alpha_p": 0.375, "alpha_n": -0.4375, "beta": 0.5, "eps": -1e-6,
    ]
    guard let value = values[name] else {
      throw CheckpointError.missingTensor(parameter.name, file: "memory")
    }
    return [Float](repeating: value, count: parameter.count)
  }
}
