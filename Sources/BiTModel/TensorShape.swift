/// The extent of a batch of images or activations, always in the order batch, height, width,
/// channels (NHWC): the channels of one pixel are neighbours in memory.
public struct TensorShape: Hashable, Sendable, CustomStringConvertible {
  public var batch: Int
  public var height: Int
  public var width: Int
  public var channels: Int

  public init(batch: Int, height: Int, width: Int, channels: Int) {
    self.batch = batch
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// Elements of one image.
  public var imageCount: Int { height * width * channels }

  /// Elements of the whole batch.
  public var count: Int { batch * imageCount }

  /// The same without the other images of a batch.
  public var oneImage: TensorShape {
    TensorShape(batch: 1, height: height, width: width, channels: channels)
  }

  public var description: String { "[\(batch), \(height), \(width), \(channels)]" }
}
