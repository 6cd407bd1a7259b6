import BiTModel
import CVectorKernels

/// Max pooling; a padded pixel counts as zero.
struct MaxPoolStep: PlanStep {
  let pool: MaxPool
  let inputShape: TensorShape
  let outputShape: TensorShape
  let input: TensorSource
  let output: WorkspaceBlock

  func execute(in context: ExecutionContext) {
    let top = before(inputShape.height)
    let left = before(inputShape.width)
    let source = context.read(input)
    let target = context.write(output)
    let channels = outputShape.channels
    context.workers.forEach(outputShape.batch * outputShape.height) { item, _ in
      let (image, outputRow) = item.quotientAndRemainder(dividingBy: outputShape.height)
      let rows = outputRow * pool.stride - top..<outputRow * pool.stride - top + pool.window
      let rowsInside = rows.clamped(to: 0..<inputShape.height)
      for outputColumn in 0..<outputShape.width {
        let first = outputColumn * pool.stride - left
        let columns = first..<first + pool.window
        let columnsInside = columns.clamped(to: 0..<inputShape.width)
        let result = target + (item * outputShape.width + outputColumn) * channels
        let isPadded = rowsInside.count < pool.window || columnsInside.count < pool.window
        result.update(repeating: isPadded ? 0 : -.infinity, count: channels)
        for row in rowsInside {
          let pixels = source + (image * inputShape.height + row) * inputShape.width * channels
          for column in columnsInside {
            context.kernels.table.maximum(pixels + column * channels, result, channels)
          }
        }
      }
    }
  }

  private func before(_ extent: Int) -> Int {
    pool.padding.amounts(
      extent: extent, window: pool.window, stride: pool.stride, dilation: 1
    ).0
  }
}
