import BiTModel
import NumericsValidation
import Testing

/// What is not a number must reach the caller: a label made of it would look like any other.
struct NonFiniteTests {
  @Test("a NaN stays one through every activation, and alone", arguments: Backends.all)
  func activations(_ tested: BackendUnderTest) async throws {
    let backend = try tested.available()
    let shape = TensorShape(batch: 1, height: 3, width: 5, channels: 7)
    var input = HostTensor(shape: shape, filledWith: 0.5)
    input[0, 1, 2, 3] = .nan
    for function in ActivationFunction.allCases {
      var network = Network(inputChannels: shape.channels)
      let node = network.append("sum", .add(Activation(function, path: "activation")), 0, 0)
      let found = try await backend.prepare(network, weights: ActivationWeights())
        .run(input, returning: [node])[0]
      let lost = zip(input.elements, found.elements).filter { $0.isNaN != $1.isNaN }
      #expect(lost.isEmpty, "\(function.rawValue)")
    }
  }

  @Test(
    "what is not finite reaches the outputs of a 3x3 convolution that depend on it, and their neighbours",
    arguments: Backends.all, [Float.nan, .infinity])
  func largeConvolution(_ tested: BackendUnderTest, _ value: Float) async throws {
    let operation = try #require(
      OperationSuite.largeConvolutionCases.first { !$0.name.contains("normed") })
    let node = try #require(operation.network.nodes.firstIndex { $0.name == "large" })
    let place = (image: 1, row: 6, column: 9)
    var input = operation.input()
    input[place.image, place.row, place.column, 5] = value
    let found = try await tested.available()
      .prepare(operation.network, weights: operation.weights).run(input, returning: [node])[0]
    for image in 0..<found.shape.batch {
      for row in 0..<found.shape.height {
        for column in 0..<found.shape.width {
          let distance =
            image == place.image ? max(abs(row - place.row), abs(column - place.column)) : .max
          let finite = (0..<found.shape.channels).map { found[image, row, column, $0].isFinite }
          // The fast form makes squares of four by four at once.
          #expect(distance > 1 || !finite.contains(true), "image \(image), \(row), \(column)")
          #expect(distance < 5 || !finite.contains(false), "image \(image), \(row), \(column)")
        }
      }
    }
  }

  @Test(
    "a NaN in one image's input reaches its logits, and those of no other image",
    arguments: Backends.all, [ModelConfiguration.LayerType.preactivation, .bottleneck])
  func network(
    _ tested: BackendUnderTest, _ layerType: ModelConfiguration.LayerType
  ) async throws {
    let backend = try tested.available()
    let network = try ModelConfiguration.small(layerType).makeNetwork()
    let logits = try #require(network.logits)
    let shape = TensorShape(batch: 2, height: 19, width: 21, channels: 3)
    let pixels = RandomWeights().values(of: Parameter("pixels", shape: [shape.count, 1]))
    var input = HostTensor(shape: shape, elements: pixels)
    input[1, 9, 10, 1] = .nan
    let found = try await backend.prepare(network, weights: RandomWeights())
      .run(input, returning: [logits])[0]
    #expect(found.elements.map(\.isNaN) == [false, false, false, true, true, true])
  }
}
