import BiTModel

/// One kernel set of a device, built in one context.
struct KernelSetBackend: Backend {
  let lease: DeviceLease
  /// The longest that one batch may take.
  let runLimit: Duration
  /// How closely the kernels are watched.
  var guards: PlanGuards?

  var name: String { "\(lease.programs.context.device.label), \(lease.kernels.word) kernels" }

  func prepare(
    _ network: Network, weights: any WeightSource
  ) async throws -> any NetworkRunner {
    try await makeScheduler(network, weights: weights)
  }

  var watched: any Backend {
    var kernels = self
    kernels.guards = .selfCheck
    return kernels
  }

  /// - Parameter input: What the network is to be run on, if that is known.
  func makeScheduler(
    _ network: Network, weights: any WeightSource, expecting input: TensorShape? = nil
  ) async throws -> InferenceScheduler {
    try await InferenceScheduler(
      network, weights: weights, on: lease, timeLimit: runLimit, guards: guards,
      expecting: input)
  }
}
