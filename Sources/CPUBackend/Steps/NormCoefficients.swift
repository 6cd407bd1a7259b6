import CVectorKernels

/// What a group norm does to each channel of each image:
/// y = (x − center) · scale + shift, where center is the group's mean rounded to Float and shift
/// holds the rest of it, so that a mean far above the deviation costs no digits.
struct NormCoefficients: Sendable {
  let channels: Int
  /// [batch][center, scale, shift][channels]
  let block: WorkspaceBlock

  static func byteCount(batch: Int, channels: Int) -> Int {
    batch * 3 * channels * MemoryLayout<Float>.stride
  }

  func normalize(
    _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, pixels: Int,
    image: Int, rectifies: Bool, in context: ExecutionContext
  ) {
    let center = context.write(block) + image * 3 * channels
    context.kernels.table.normalize(
      source, target, pixels, channels, center, center + channels, center + 2 * channels,
      rectifies)
  }
}
