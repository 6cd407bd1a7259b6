import BiTModel
import OpenCLRuntime

extension ExecutionPlan {
  /// What a step takes at least, whatever the kernel.
  struct Work {
    var multiplyAccumulates = 0
    var bytes = 0

    init(_ step: FusedNetwork.Step, tensors: [DeviceTensor]) {
      let touched = step.reads + (step.writes.map { [$0] } ?? [])
      bytes = touched.reduce(0) { $0 + tensors[$1].shape.count }
      switch step {
      case .convolution(let convolution, _, _, _, let output):
        let terms = convolution.inputChannels * convolution.kernel * convolution.kernel
        multiplyAccumulates = tensors[output].shape.count * terms
        bytes += convolution.outputChannels * terms
      case .linear(let linear, _, let output):
        multiplyAccumulates = tensors[output].shape.count * linear.inputFeatures
        bytes += linear.inputFeatures * tensors[output].shape.channels
      // Moments were gathered before: what is read of them is far less than a tensor.
      case .coefficients: bytes = 0
      case .moments, .groupNorm, .maxPool, .zeroPad, .add, .globalAveragePool: break
      }
      bytes *= MemoryLayout<Float>.stride
    }
  }

  /// Runs a batch step by step, each waited for before the next: their times do not overlap.
  /// - Parameter queue: One that was made for profiling.
  func profile(
    _ input: HostTensor, queue: borrowing CommandQueue, timeLimit: Duration
  ) throws(OpenCLError) -> [StepProfile] {
    try upload(input, queue: queue)
    var profiles: [StepProfile] = []
    for (launch, work) in zip(launches, works) {
      let event = try launch.launchWithEvent(on: queue)
      try queue.wait(for: event, timeout: timeLimit)
      profiles.append(
        StepProfile(
          name: launch.label, multiplyAccumulates: work.multiplyAccumulates, bytes: work.bytes,
          seconds: Double(try event.profile().nanoseconds) * 1e-9))
    }
    return profiles
  }
}
