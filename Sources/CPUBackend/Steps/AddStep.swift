import BiTModel

/// The sum of two tensors, then an activation. An axis of extent 1 is repeated.
struct AddStep: PlanStep {
  let shapes: (TensorShape, TensorShape)
  let shape: TensorShape
  let inputs: (TensorSource, TensorSource)
  let activation: PointwiseFunction?
  let output: WorkspaceBlock

  func execute(in context: ExecutionContext) {
    if shapes.0 == shapes.1 {
      addAlike(context)
    } else {
      addBroadcasting(context)
    }
  }

  private func addAlike(_ context: ExecutionContext) {
    let (a, b) = (context.read(inputs.0), context.read(inputs.1))
    let target = context.write(output)
    let chunk = ElementwiseChunk.elements
    context.workers.forEach((shape.count + chunk - 1) / chunk) { item, _ in
      let first = item * chunk
      let count = min(chunk, shape.count - first)
      context.kernels.table.add(a + first, b + first, target + first, count)
      activation?.apply(to: target + first, count: count)
    }
  }

  private func addBroadcasting(_ context: ExecutionContext) {
    let (a, b) = (context.read(inputs.0), context.read(inputs.1))
    let target = context.write(output)
    let rowCount = shape.width * shape.channels
    context.workers.forEach(shape.batch * shape.height) { item, _ in
      let (image, row) = item.quotientAndRemainder(dividingBy: shape.height)
      let result = target + item * rowCount
      for column in 0..<shape.width {
        let pixelA = a + Self.offset(in: shapes.0, image, row, column)
        let pixelB = b + Self.offset(in: shapes.1, image, row, column)
        let stepA = shapes.0.channels == 1 ? 0 : 1
        let stepB = shapes.1.channels == 1 ? 0 : 1
        for channel in 0..<shape.channels {
          result[column * shape.channels + channel] =
            pixelA[channel * stepA] + pixelB[channel * stepB]
        }
      }
      activation?.apply(to: result, count: rowCount)
    }
  }

  private static func offset(
    in shape: TensorShape, _ image: Int, _ row: Int, _ column: Int
  ) -> Int {
    let row = shape.height == 1 ? 0 : row
    let column = shape.width == 1 ? 0 : column
    return ((image * shape.height + row) * shape.width + column) * shape.channels
  }
}
