import BiTModel
import CVectorKernels

/// Measures a group norm's input and computes its coefficients, in Double.
struct NormStatisticsStep: PlanStep {
  let norm: GroupNorm
  let weights: PreparedOperation.NormWeights
  let shape: TensorShape
  let input: TensorSource
  let coefficients: NormCoefficients
  /// [batch][chunk][mean, squared deviations][channels], of Double.
  let partials: WorkspaceBlock

  /// Pixels whose sums are formed together. Fixed, since the sums depend on it.
  private static let chunkPixels = 512
  /// Channels of a work item.
  private static let itemChannels = 64

  static func partialsByteCount(_ shape: TensorShape) -> Int {
    shape.batch * chunks(shape) * 2 * shape.channels * MemoryLayout<Double>.stride
  }

  private static func chunks(_ shape: TensorShape) -> Int {
    (shape.height * shape.width + chunkPixels - 1) / chunkPixels
  }

  func execute(in context: ExecutionContext) {
    let chunks = Self.chunks(shape)
    let channelItems = (shape.channels + Self.itemChannels - 1) / Self.itemChannels
    context.workers.forEach(shape.batch * chunks * channelItems) { item, _ in
      let (rest, channelItem) = item.quotientAndRemainder(dividingBy: channelItems)
      let (image, chunk) = rest.quotientAndRemainder(dividingBy: chunks)
      measure(image: image, chunk: chunk, firstChannel: channelItem * Self.itemChannels, context)
    }
    context.workers.forEach(shape.batch) { image, _ in
      for group in 0..<norm.groups { combine(image: image, group: group, context) }
    }
  }

  private func measure(image: Int, chunk: Int, firstChannel: Int, _ context: ExecutionContext) {
    let pixels = shape.height * shape.width
    let first = chunk * Self.chunkPixels
    let target =
      context.doubles(partials)
      + (image * Self.chunks(shape) + chunk) * 2 * shape.channels + firstChannel
    context.kernels.table.channel_statistics(
      context.read(input) + (image * pixels + first) * shape.channels + firstChannel,
      min(Self.chunkPixels, pixels - first), shape.channels,
      min(Self.itemChannels, shape.channels - firstChannel), target, target + shape.channels)
  }

  /// Merges the chunks of a group's channels (Chan, Golub and LeVeque, 1983) in a fixed order.
  private func combine(image: Int, group: Int, _ context: ExecutionContext) {
    let chunks = Self.chunks(shape)
    let pixels = shape.height * shape.width
    let width = norm.channels / norm.groups
    let channels = (group * width)..<((group + 1) * width)
    let parts = context.doubles(partials) + image * chunks * 2 * shape.channels

    var sum = 0.0
    for chunk in 0..<chunks {
      let means = parts + chunk * 2 * shape.channels
      var chunkSum = 0.0
      for channel in channels { chunkSum += means[channel] }
      sum += chunkSum * Double(chunkCount(chunk, pixels: pixels))
    }
    let count = Double(pixels * width)
    let mean = sum / count

    var squares = 0.0
    for chunk in 0..<chunks {
      let means = parts + chunk * 2 * shape.channels
      let deviations = means + shape.channels
      let size = Double(chunkCount(chunk, pixels: pixels))
      for channel in channels {
        let offset = means[channel] - mean
        squares += deviations[channel] + size * offset * offset
      }
    }
    let reciprocal = 1 / (max(squares, 0) / count + norm.epsilon).squareRoot()
    write(mean: mean, reciprocal: reciprocal, image: image, channels: channels, context)
  }

  private func chunkCount(_ chunk: Int, pixels: Int) -> Int {
    min(Self.chunkPixels, pixels - chunk * Self.chunkPixels)
  }

  private func write(
    mean: Double, reciprocal: Double, image: Int, channels: Range<Int>,
    _ context: ExecutionContext
  ) {
    let center = context.write(coefficients.block) + image * 3 * norm.channels
    let rounded = Float(mean)
    let rest = Double(rounded) - mean
    for channel in channels {
      let scale = Double(weights.scale[channel]) * reciprocal
      center[channel] = rounded
      center[norm.channels + channel] = Float(scale)
      center[2 * norm.channels + channel] = Float(Double(weights.bias[channel]) + rest * scale)
    }
  }
}
