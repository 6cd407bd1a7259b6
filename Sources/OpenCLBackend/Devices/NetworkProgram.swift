import BiTModel
import OpenCLRuntime

/// The program of `network_vector.cl`: all operations of a network in one kernel, whose groups wait
/// for each other's results. The kernels that standardise and transform weights are in it as well:
/// PoCL takes some 50 ms for every program that it finds in its cache, one program at a time.
struct NetworkProgram: Hashable, Sendable {
  /// The compiler option for a language with the atomics that it needs.
  let atomicsOption: String

  /// - Returns: nil where a device has not what it takes.
  init?(for device: Device) {
    // A group claims tiles and waits in loops without a bound that is known before.
    guard let option = device.atomicsOption, device.quirks.loopIterationLimit == nil else {
      return nil
    }
    atomicsOption = option
  }

  /// The operations' files before the kernel that calls their functions.
  private static let files = [
    ConvolutionLaunch.registerTile, "conv2d_vector.cl", "conv2d_pointwise.cl",
    ConvolutionLaunch.winogradSquares, "conv2d_winograd.cl", "max_pool.cl",
    "group_norm_statistics.cl", "global_avg_pool.cl", "linear.cl", "weight_standardization.cl",
    "winograd_weights.cl", "network_vector.cl",
  ]

  func request(
    _ tuning: VectorConvolutionTuning, activation: ActivationFunction
  ) -> ProgramRequest {
    let options = [
      atomicsOption, tuning.buildOptions, "-D CHANNELS=\(tuning.vector)", "-D ITEMS=1",
      "-D OUTPUTS=\(VectorConvolutionTuning.standardizedOutputs)", "-D FUNCTIONS_ONLY",
      "-D ACTIVATION=\(activation.kernelCode)",
    ]
    return ProgramRequest(Self.files, options: options.joined(separator: " "))
  }
}
