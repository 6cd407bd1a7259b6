import BiTModel
import ReferenceBackend

/// The kernel that a convolution has on a device after standardisation and packing, read off as its
/// response to single pixels.
struct StandardizationCheck: Sendable {
  private let convolution: Convolution
  private let name: String
  /// Values that are hard for Float: a mean of 100 beside deviations of 1.
  private let isHard: Bool

  /// Widths that no vector divides, windows of every size, and the image's own three channels.
  static let all: [StandardizationCheck] = [
    (3, 33, 7), (3, 64, 7), (1, 5, 3), (2, 17, 1), (5, 9, 3), (17, 31, 1), (16, 20, 3), (33, 9, 3),
    (65, 16, 1), (130, 3, 1),
  ].flatMap { inputs, outputs, kernel in
    [false, true].map { StandardizationCheck(inputs, outputs, kernel, isHard: $0) }
  }

  private init(_ inputs: Int, _ outputs: Int, _ kernel: Int, isHard: Bool) {
    name =
      "\(kernel)x\(kernel), \(inputs) to \(outputs) channels" + (isHard ? ", large mean" : "")
    self.isHard = isHard
    convolution = OperationSuite.convolution(inputs, outputs, kernel: kernel, path: name)
  }

  private var weights: any WeightSource {
    isHard ? OffsetWeights(mean: 100, amplitude: 20) : RandomWeights()
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
