import BiTModel

/// The CPU backend cannot run something.
public enum CPUBackendError: Error, Hashable, Sendable, CustomStringConvertible {
  case weightsTooLarge(byteCount: Int, physicalMemory: Int)
  case inputTooLarge(TensorShape, byteCount: Int, physicalMemory: Int)
  case outOfMemory(byteCount: Int)

  public var description: String {
    switch self {
    case .weightsTooLarge(let byteCount, let memory):
      "the model's weights need \(Self.megabytes(byteCount)), this machine has"
        + " \(Self.megabytes(memory)) of memory; use a smaller model"
    case .inputTooLarge(let shape, let byteCount, let memory):
      "an input of \(shape) (batch, height, width, channels) needs \(Self.megabytes(byteCount)) to"
        + " compute, this machine has \(Self.megabytes(memory)) of memory; use a smaller size or"
        + " batch"
    case .outOfMemory(let byteCount):
      "the system refused \(Self.megabytes(byteCount)) of memory; use a smaller size or batch, or"
        + " close other programs"
    }
  }

  private static func megabytes(_ byteCount: Int) -> String {
    "\((byteCount + (1 << 20) - 1) >> 20) MiB"
  }
}
