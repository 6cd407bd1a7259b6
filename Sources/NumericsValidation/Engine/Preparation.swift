import BiTModel

/// Makes a device choose and build its kernels, on a network of one small convolution.
struct Preparation: Sendable {
  let backend: any Backend

  func run() async throws -> PlannedCheck.Outcome {
    let shape = TensorShape(batch: 1, height: 5, width: 6, channels: 3)
    let first = OperationCase(
      "preparation",
      .convolution(OperationSuite.convolution(3, 8, kernel: 3, path: "preparation")), input: shape)
    return PlannedCheck.Outcome(
      tensors: try await OperationSuite.compare(first, on: backend))
  }
}
