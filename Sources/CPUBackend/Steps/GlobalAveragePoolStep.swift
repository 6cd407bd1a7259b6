import BiTModel
import CVectorKernels

/// The mean over an image's pixels, in Double.
struct GlobalAveragePoolStep: PlanStep {
  let inputShape: TensorShape
  let input: TensorSource
  let output: WorkspaceBlock

  /// Channels of a work item.
  private static let itemChannels = 64

  func execute(in context: ExecutionContext) {
    let channels = inputShape.channels
    let channelItems = (channels + Self.itemChannels - 1) / Self.itemChannels
    let pixels = inputShape.height * inputShape.width
    context.workers.forEach(inputShape.batch * channelItems) { item, _ in
      let (image, channelItem) = item.quotientAndRemainder(dividingBy: channelItems)
      let first = channelItem * Self.itemChannels
      let count = min(Self.itemChannels, channels - first)
      let target = context.write(output) + image * channels + first
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * Self.itemChannels) { sums in
        guard let means = sums.baseAddress else { return }
        context.kernels.table.channel_statistics(
          context.read(input) + image * pixels * channels + first, pixels, channels, count,
          means, means + Self.itemChannels)
        for channel in 0..<count { target[channel] = Float(means[channel]) }
      }
    }
  }
}
