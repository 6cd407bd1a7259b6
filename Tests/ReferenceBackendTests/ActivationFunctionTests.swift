import BiTModel
import ReferenceBackend
import TestSupport
import Testing

/// The oracle against every name of transformers' ACT2FN (`Fixtures/activations.py`).
struct ActivationFunctionTests {
  private static let golden = Fixtures.url("activations/golden.safetensors").path

  private static var names: [String] {
    get throws {
      try SafetensorsFile(path: golden).tensorNames
        .filter { $0 != "x" && !$0.hasSuffix(".parameters") }
    }
  }

  @Test("every function of ACT2FN has its values", arguments: try names)
  func matchesTransformers(_ name: String) async throws {
    let file = try SafetensorsFile(path: Self.golden)
    let function = try #require(ActivationFunction(transformersName: name))
    let activation = Activation(function, path: name)
    let inputs = try file.read("x")
    let expected = try file.read(name)

    // The sum of two equal tensors doubles exactly.
    let shape = TensorShape(batch: 1, height: 1, width: inputs.count, channels: 1)
    var network = Network(inputChannels: 1)
    let node = network.append("activation", .add(activation), 0, 0)
    var learnt: [ParameterName: [Float]] = [:]
    if !activation.parameters.isEmpty {
      for (parameter, value) in zip(activation.parameters, try file.read("\(name).parameters")) {
        learnt[parameter.name] = [value]
      }
    }
    let runner = try ReferenceBackend().makeRunner(network, weights: InMemoryWeights(learnt))
    let input = HostTensor(shape: shape, elements: inputs.map { $0 / 2 })
    let found = try await runner.evaluate(input, returning: [node])[0].elements

    for (x, (y, golden)) in zip(inputs, zip(found, expected)) {
      // The golden is rounded to Float; where Φ(x) is nearly 0, torch loses digits of it.
      let allowed = max(abs(Double(golden)) * 1e-7, 2e-15 * abs(Double(x)))
      #expect(abs(y - Double(golden)) <= allowed, "\(name)(\(x)) = \(y), expected \(golden)")
    }
  }

  @Test("ACT2FN has no name that is unknown here, and we know none beyond it")
  func namesAgree() throws {
    let golden = Set(try Self.names)
    let known = Set(
      ActivationFunction.allCases.map(\.rawValue)
        + ["gelu_python", "gelu_new", "gelu_python_tanh", "gelu_accurate", "swish"])
    #expect(golden == known)
  }
}
