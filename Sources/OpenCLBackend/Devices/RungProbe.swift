import BiTModel
import OpenCLRuntime

/// Builds a rung's kernels, runs two convolutions with a norm between them, and compares with the
/// host's result.
struct RungProbe {
  let device: Device
  let kernels: KernelSet
  /// For any one program, also of those that are built later in the same context.
  let buildLimit: Duration

  private static let shape = TensorShape(batch: 1, height: 7, width: 5, channels: 3)
  private static let first = Convolution(
    inputChannels: 3, outputChannels: 20, kernel: 3, padding: .symmetric(1),
    standardizationEpsilon: 1e-8, path: "probe.first")
  private static let norm = GroupNorm(
    channels: 20, groups: 4, epsilon: 1e-5, path: "probe.norm", activation: .relu)
  private static let second = Convolution(
    inputChannels: 20, outputChannels: 24, kernel: 3, stride: 2, padding: .symmetric(1),
    standardizationEpsilon: 1e-8, path: "probe.second")

  /// Relative to the largest result: a Float sum of 180 terms is off by at most 180 · 2⁻²⁴ = 1.1e-5
  /// of its terms' magnitudes, and by far less as a rule.
  private static let tolerance = 2e-5

  /// To be called on the device's thread.
  /// - Returns: The context that the probe ran in, with the programs built so far.
  /// - Throws: `OpenCLError`; `UntrustedKernels` for a wrong result.
  func run(on thread: DeviceThread) throws -> ProgramLibrary {
    var network = Network(inputChannels: Self.shape.channels)
    var node = network.append("first", .convolution(Self.first), 0)
    node = network.append("norm", .groupNorm(Self.norm), node)
    node = network.append("second", .convolution(Self.second), node)
    let weights = RandomWeights()
    let programs = ProgramLibrary(
      context: try Context(device: device, thread: thread), timeLimit: buildLimit)
    let resident = try ResidentNetwork(
      network, weights: weights, programs: programs, kernels: kernels, timeLimit: buildLimit)
    let pixels = weights.values(of: Parameter("probe.input", shape: [Self.shape.count, 1]))
    let input = HostTensor(shape: Self.shape, elements: pixels)
    let found = try resident.run(input, returning: [node])[0]

    var exact = Tensor(shape: Self.shape, elements: pixels.map(Double.init))
    exact = Self.convolve(exact, Self.first, weights)
    exact = Self.normalize(exact, Self.norm, weights)
    exact = Self.convolve(exact, Self.second, weights)
    let largest = exact.elements.reduce(0) { max($0, abs($1)) }
    for (value, right) in zip(found.elements, exact.elements)
    where !(abs(Double(value) - right) <= Self.tolerance * largest) {
      throw UntrustedKernels(reason: "they give \(value) where \(right) is right")
    }
    return programs
  }

  /// A 3x3 convolution in Double, straight from its definition.
  private static func convolve(
    _ input: Tensor<Double>, _ convolution: Convolution, _ weights: RandomWeights
  ) -> Tensor<Double> {
    let (outputs, channels) = (convolution.outputChannels, convolution.inputChannels)
    let kernel = HostStandardization.packed(
      weights.values(of: convolution.weight), of: convolution, WeightPacking(plain: convolution))
    let extents = (input.shape.height, input.shape.width)
    let shape = TensorShape(
      batch: 1, height: (extents.0 - 1) / convolution.stride + 1,
      width: (extents.1 - 1) / convolution.stride + 1, channels: outputs)
    var result = Tensor(shape: shape, filledWith: 0.0)
    for row in 0..<shape.height {
      for column in 0..<shape.width {
        for tap in 0..<9 {
          let y = row * convolution.stride + tap / 3 - 1
          let x = column * convolution.stride + tap % 3 - 1
          guard (0..<extents.0).contains(y), (0..<extents.1).contains(x) else { continue }
          for channel in 0..<channels {
            for output in 0..<outputs {
              result[0, row, column, output] +=
                input[0, y, x, channel]
                * Double(kernel[(tap * channels + channel) * outputs + output])
            }
          }
        }
      }
    }
    return result
  }

  /// Group normalisation with ReLU in Double, straight from its definition.
  private static func normalize(
    _ input: Tensor<Double>, _ norm: GroupNorm, _ weights: RandomWeights
  ) -> Tensor<Double> {
    let scale = weights.values(of: norm.weight)
    let bias = weights.values(of: norm.bias)
    let size = norm.channels / norm.groups
    var result = input
    for group in 0..<norm.groups {
      let members = input.elements.indices.filter { $0 % norm.channels / size == group }
      let count = Double(members.count)
      let mean = members.reduce(0) { $0 + input.elements[$1] } / count
      let variance =
        members.reduce(0) { $0 + (input.elements[$1] - mean) * (input.elements[$1] - mean) } / count
      for index in members {
        let channel = index % norm.channels
        let normal = (input.elements[index] - mean) / (variance + norm.epsilon).squareRoot()
        result.elements[index] = max(normal * Double(scale[channel]) + Double(bias[channel]), 0)
      }
    }
    return result
  }
}
