import BiTModel

/// Applies a group norm and its activation, where no convolution does it on the way.
struct NormStep: PlanStep {
  let shape: TensorShape
  let coefficients: NormCoefficients
  let activation: PointwiseFunction
  let input: TensorSource
  let output: WorkspaceBlock

  func execute(in context: ExecutionContext) {
    let pixels = shape.height * shape.width
    let chunk = ElementwiseChunk.pixels(channels: shape.channels)
    let chunks = (pixels + chunk - 1) / chunk
    context.workers.forEach(shape.batch * chunks) { item, _ in
      let (image, index) = item.quotientAndRemainder(dividingBy: chunks)
      let count = min(chunk, pixels - index * chunk)
      let first = (image * pixels + index * chunk) * shape.channels
      let target = context.write(output) + first
      coefficients.normalize(
        context.read(input) + first, to: target, pixels: count, image: image,
        rectifies: activation.isReLU, in: context)
      if !activation.isReLU { activation.apply(to: target, count: count * shape.channels) }
    }
  }
}

/// How much of an elementwise operation one work item does.
enum ElementwiseChunk {
  /// 64 KiB: long against the cost of handing out work, short against a thread's share.
  static let elements = 16 << 10

  static func pixels(channels: Int) -> Int { max(1, elements / channels) }
}
