import BiTModel

/// The CPU backend cannot run something.
public enum CPUBackendError: Error, Hashable, Sendable, CustomStringConvertible {
  case weightsTooLarge(byteCount: Int, machineMemory: Int)
  case inputTooLarge(TensorShape, byteCount: Int, machineMemory: Int)
  case outOfMemory(byteCount: Int)

  public var description: String {
    switch self {
    case .weightsTooLarge(let byteCount, let memory):
      "the model's weights need \(Self.size(byteCount)) of memory and this machine has"
        + " \(Self.size(memory)); use a smaller model"
    case .inputTooLarge(let shape, let byteCount, let memory):
      "the input \(shape) (batch, height, width, channels) needs \(Self.size(byteCount)) of memory"
        + " to compute, with the weights, and this machine has \(Self.size(memory)); use a smaller"
        + " size or batch"
    case .outOfMemory(let byteCount):
      "the system refused \(Self.size(byteCount)) of memory; use a smaller size or batch, or close"
        + " other programs"
    }
  }

  private static func size(_ byteCount: Int) -> String {
    "\(byteCount / (1 << 20)) MiB"
  }
}

extension CPUBackendError: BackendFailure {
  public var remedy: FailureRemedy {
    switch self {
    case .weightsTooLarge: .anotherDevice
    case .inputTooLarge, .outOfMemory: .smallerBatch
    }
  }
}
