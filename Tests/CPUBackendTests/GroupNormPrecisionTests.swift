import BiTModel
import CPUBackend
import Testing

@Suite("The CPU backend's group norm")
struct GroupNormPrecisionTests {
  @Test(
    "keeps its digits where the mean is far above the deviation",
    arguments: [1e4, -1e4] as [Float], InstructionSet.available)
  func offset(mean: Float, instructionSet: InstructionSet) async throws {
    // More pixels than one chunk of the sums; the first pixel, from which differences are taken,
    // lies as far from the rest as they from zero.
    let shape = TensorShape(batch: 2, height: 37, width: 29, channels: 22)
    var input = HostTensor(
      shape: shape,
      elements: RandomWeights().values(of: Parameter("x", shape: [2, 37, 29, 22]))
        .map { mean + $0 * 20 })
    for channel in 0..<22 { input[1, 0, 0, channel] = 0 }
    let result = try await normalize(input, groups: 11, on: instructionSet)
    let error = relativeError(result, expected(input, groups: 11))
    #expect(error <= 1e-6)
  }

  @Test("is the bias where all values are equal", arguments: InstructionSet.available)
  func constantInput(instructionSet: InstructionSet) async throws {
    let input = HostTensor(
      shape: TensorShape(batch: 1, height: 5, width: 7, channels: 6), filledWith: 0.1)
    let result = try await normalize(input, groups: 2, on: instructionSet)
    #expect(relativeError(result, expected(input, groups: 2)) <= 1e-6)
  }

  private func normalize(
    _ input: HostTensor, groups: Int, on instructionSet: InstructionSet
  ) async throws -> HostTensor {
    var network = Network(inputChannels: input.shape.channels)
    let norm = GroupNorm(
      channels: input.shape.channels, groups: groups, epsilon: 1e-5, path: "norm",
      activation: .linear)
    let node = network.append("norm", .groupNorm(norm), 0)
    let runner = try await CPUBackend(instructionSet: instructionSet)
      .prepare(network, weights: RandomWeights())
    return try await runner.run(input, returning: [node])[0]
  }

  /// The definition, in Double and two passes.
  private func expected(_ input: HostTensor, groups: Int) -> HostTensor {
    let shape = input.shape
    let width = shape.channels / groups
    let scale = RandomWeights().values(of: Parameter("norm.weight", shape: [shape.channels]))
    let bias = RandomWeights().values(of: Parameter("norm.bias", shape: [shape.channels]))
    var result = input
    for image in 0..<shape.batch {
      for group in 0..<groups {
        let places = (image * shape.imageCount..<(image + 1) * shape.imageCount)
          .filter { $0 % shape.channels / width == group }
        let values = places.map { Double(input.elements[$0]) }
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        for (place, value) in zip(places, values) {
          let channel = place % shape.channels
          result.elements[place] = Float(
            (value - mean) / (variance + 1e-5).squareRoot() * Double(scale[channel])
              + Double(bias[channel]))
        }
      }
    }
    return result
  }
}
