import BiTModel
import ReferenceBackend

/// The kernel that a convolution has on a device after standardisation and packing, read off as its
/// response to single pixels.
struct StandardizationCheck: Sendable {
  private let convolution: Convolution
  private let name: String
  private let values: Values

  private enum Values {
    case ordinary
    /// Hard for Float: a mean of 100 beside deviations of 1.
    case farMean
    /// A spread at which Google's ε of 1e-10 counts, and another's would show.
    case smallSpread
  }

  /// Widths that no vector divides, windows of every size, and the image's own three channels.
  static let all: [StandardizationCheck] =
    [
      (3, 33, 7), (3, 64, 7), (1, 5, 3), (2, 17, 1), (5, 9, 3), (17, 31, 1), (16, 20, 3),
      (33, 9, 3), (65, 16, 1), (130, 3, 1),
    ].flatMap { inputs, outputs, kernel in
      [.ordinary, .farMean].map { StandardizationCheck(inputs, outputs, kernel, $0) }
    } + [
      StandardizationCheck(17, 31, 1, .smallSpread), StandardizationCheck(3, 33, 7, .smallSpread),
    ]

  private init(_ inputs: Int, _ outputs: Int, _ kernel: Int, _ values: Values) {
    let size = "\(kernel)x\(kernel), \(inputs) to \(outputs) channels"
    switch values {
    case .ordinary: name = size
    case .farMean: name = "\(size), large mean"
    case .smallSpread: name = "\(size), small spread and epsilon"
    }
    self.values = values
    convolution = Convolution(
      inputChannels: inputs, outputChannels: outputs, kernel: kernel,
      padding: .symmetric(kernel / 2),
      standardizationEpsilon: values == .smallSpread ? 1e-10 : 1e-8, path: name)
  }

  private var weights: any WeightSource {
    switch values {
    case .ordinary: RandomWeights()
    case .farMean: OffsetWeights(mean: 100, amplitude: 20)
    case .smallSpread: OffsetWeights(mean: 0, amplitude: 0x1p-12)
    }
  }

  func planned(on backend: any Backend) -> PlannedCheck {
    let readout = KernelReadout(convolution)
    return PlannedCheck(
      check: Check(.operation, group: "weight standardization", name: name),
      work: readout.network.work(forInput: readout.impulses.shape)
    ) {
      let expected = try await ReferenceBackend()
        .makeRunner(readout.network, weights: weights)
        .evaluate(readout.impulses, returning: [readout.node])[0]
      // Watched: where the device's own kernel falls short, the host must not take its place.
      let runner = try await backend.watched.prepare(readout.network, weights: weights)
      let evidence = try await Evidence(
        of: [readout.node], from: runner, input: readout.impulses)
      let row = TensorResult(
        name, expected: readout.kernel(from: expected),
        found: readout.kernel(from: evidence.tensors[0]), kernel: evidence.kernels[0],
        tolerance: .standardizedWeights)
      return PlannedCheck.Outcome(
        tensors: [row], fault: row.passed ? nil : CheckResult.Fault(wrong: row))
    }
  }
}

/// Random weights around a mean.
private struct OffsetWeights: WeightSource {
  let mean: Float
  let amplitude: Float

  func values(of parameter: Parameter) throws -> [Float] {
    RandomWeights().values(of: parameter).map { mean + amplitude * $0 }
  }
}
