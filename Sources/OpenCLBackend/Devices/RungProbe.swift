import BiTModel
import OpenCLRuntime

/// Builds a rung's kernels within a time limit and compares a small convolution with the host's.
struct RungProbe {
  let device: Device
  let kernels: KernelSet
  /// For building, the first launch (some drivers compile no earlier) and the result.
  let limit: Duration

  private static let shape = TensorShape(batch: 1, height: 7, width: 5, channels: 20)
  /// Float sums of 180 terms stay well within this, relative to the largest result.
  private static let tolerance = 1e-5

  /// - Throws: `OpenCLError`; `.invalidRequest` if the result is wrong.
  func run() throws {
    let probe = self
    let outcome = TimedWorkers.run(count: 1, width: 1, limit: limit) { _ in
      Result { try probe.compare() }
    }
    guard let result = outcome[0] else {
      throw OpenCLError(
        .timedOut(waitingFor: "building the \(kernels) kernels", seconds: limit / .seconds(1)),
        device: device.label)
    }
    try result.get()
  }

  private func compare() throws {
    let convolution = Convolution(
      inputChannels: Self.shape.channels, outputChannels: 24, kernel: 3, stride: 2,
      padding: .symmetric(1), standardizationEpsilon: 1e-8, path: "probe")
    var network = Network(inputChannels: Self.shape.channels)
    let node = network.append("probe", .convolution(convolution), 0)
    let weights = RandomWeights()
    // A context of its own: one that does not answer is given up with all that is in it.
    let programs = ProgramLibrary(context: try Context(device: device), timeLimit: limit)
    let resident = try ResidentNetwork(
      network, weights: weights, programs: programs, kernels: kernels, timeLimit: limit)
    let pixels = weights.values(of: Parameter("probe.input", shape: [Self.shape.count, 1]))
    let input = HostTensor(shape: Self.shape, elements: pixels)
    let found = try resident.run(input, returning: [node])[0]
    let expected = Self.convolve(input, convolution, weights.values(of: convolution.weight))
    let largest = expected.reduce(0) { max($0, abs($1)) }
    for (value, exact) in zip(found.elements, expected)
    where !(abs(Double(value) - exact) <= Self.tolerance * largest) {
      throw OpenCLError(
        .invalidRequest, device: device.label,
        detail: "its \(kernels) convolution gives \(value) where \(exact) is right")
    }
  }

  /// The convolution in Double, straight from its definition.
  private static func convolve(
    _ input: HostTensor, _ convolution: Convolution, _ kernel: [Float]
  ) -> [Double] {
    let packing = WeightPacking(plain: convolution)
    let weights = HostStandardization.packed(kernel, of: convolution, packing)
    let (outputs, channels) = (convolution.outputChannels, convolution.inputChannels)
    var result: [Double] = []
    for row in 0..<(input.shape.height + 1) / 2 {
      for column in 0..<(input.shape.width + 1) / 2 {
        for output in 0..<outputs {
          var sum = 0.0
          for tap in 0..<9 {
            let y = 2 * row + tap / 3 - 1
            let x = 2 * column + tap % 3 - 1
            guard (0..<input.shape.height).contains(y), (0..<input.shape.width).contains(x) else {
              continue
            }
            for channel in 0..<channels {
              let weight = weights[(tap * channels + channel) * outputs + output]
              sum += Double(input[0, y, x, channel]) * Double(weight)
            }
          }
          result.append(sum)
        }
      }
    }
    return result
  }
}
