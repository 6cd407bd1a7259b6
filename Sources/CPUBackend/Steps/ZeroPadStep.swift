import BiTModel

/// Copies a tensor into a border of zeros.
struct ZeroPadStep: PlanStep {
  let border: Int
  let inputShape: TensorShape
  let outputShape: TensorShape
  let input: TensorSource
  let output: WorkspaceBlock

  func execute(in context: ExecutionContext) {
    let channels = inputShape.channels
    let source = context.read(input)
    let target = context.write(output)
    let rowCount = outputShape.width * channels
    context.workers.forEach(outputShape.batch * outputShape.height) { item, _ in
      let (image, outputRow) = item.quotientAndRemainder(dividingBy: outputShape.height)
      let result = target + item * rowCount
      let row = outputRow - border
      guard row >= 0, row < inputShape.height else {
        result.update(repeating: 0, count: rowCount)
        return
      }
      let inner = inputShape.width * channels
      result.update(repeating: 0, count: border * channels)
      (result + border * channels).update(
        from: source + (image * inputShape.height + row) * inner, count: inner)
      (result + border * channels + inner).update(repeating: 0, count: border * channels)
    }
  }
}
