import BiTModel

/// One kernel set of a device, built in one context.
struct KernelSetBackend: Backend {
  let kernels: KernelSet
  let programs: ProgramLibrary
  /// The longest that one batch may take.
  let runLimit: Duration

  var name: String { "\(programs.context.device.label), \(kernels.word) kernels" }

  func prepare(
    _ network: Network, weights: any WeightSource
  ) async throws -> any NetworkRunner {
    try makeScheduler(network, weights: weights)
  }

  func makeScheduler(
    _ network: Network, weights: any WeightSource
  ) throws -> InferenceScheduler {
    try InferenceScheduler(
      network, weights: weights, programs: programs, kernels: kernels, timeLimit: runLimit)
  }
}
