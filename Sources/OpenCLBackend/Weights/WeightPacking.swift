import BiTModel

/// Where a convolution's kernel elements lie on the device:
/// [output blocks][channel blocks][taps][channels of a block][outputs of a block], zero-filled. Where it
/// is transformed, the positions of G g Gᵀ stand for the taps.
struct WeightPacking: Hashable, Sendable {
  let outputBlock: Int
  let channelBlock: Int
  let outputBlocks: Int
  let channelBlocks: Int
  /// For `conv2d_winograd.cl`.
  var isTransformed = false

  init(outputBlock: Int, channelBlock: Int, outputBlocks: Int, channelBlocks: Int) {
    self.outputBlock = outputBlock
    self.channelBlock = channelBlock
    self.outputBlocks = outputBlocks
    self.channelBlocks = channelBlocks
  }

  /// One block of everything: [taps][channels][outputs].
  init(plain convolution: Convolution) {
    outputBlock = convolution.outputChannels
    channelBlock = convolution.inputChannels
    outputBlocks = 1
    channelBlocks = 1
  }

  /// - Parameter dense: Whether the input's pixels lie without gaps, all channels one block.
  init(vector tuning: VectorConvolutionTuning, _ convolution: Convolution, dense: Bool) {
    outputBlock = tuning.outputBlock
    outputBlocks = (convolution.outputChannels + outputBlock - 1) / outputBlock
    channelBlock = dense ? convolution.inputChannels : VectorConvolutionTuning.channelBlock
    channelBlocks = (convolution.inputChannels + channelBlock - 1) / channelBlock
  }

  /// All channels one block, transformed.
  init(winograd tuning: VectorConvolutionTuning, _ convolution: Convolution) {
    outputBlock = tuning.outputBlock
    outputBlocks = (convolution.outputChannels + outputBlock - 1) / outputBlock
    channelBlock = convolution.inputChannels.roundedUp(to: VectorConvolutionTuning.channelBlock)
    channelBlocks = 1
    isTransformed = true
  }

  /// As it is before it is transformed.
  var plainTaps: WeightPacking {
    var packing = self
    packing.isTransformed = false
    return packing
  }

  /// What lies there for a kernel's taps.
  func positions(taps: Int) -> Int { isTransformed ? WinogradTransform.positions : taps }

  /// As a kernel set reads it in the direct form.
  /// - Parameter isImage: Whether the convolution reads the network's input, whose pixels lie
  ///   without gaps.
  init(_ convolution: Convolution, isImage: Bool, kernels: KernelSet) {
    if case .vector(let tuning, _, _) = kernels {
      self.init(vector: tuning, convolution, dense: isImage)
    } else {
      self.init(plain: convolution)
    }
  }

  func elementCount(taps: Int) -> Int {
    outputBlocks * outputBlock * channelBlocks * channelBlock * positions(taps: taps)
  }

  func byteCount(taps: Int) -> Int { elementCount(taps: taps) * MemoryLayout<Float>.stride }

  /// The offset of a channel's first tap; further taps follow `tapStride` apart.
  func offset(output: Int, channel: Int, taps: Int) -> Int {
    let block = output / outputBlock * channelBlocks + channel / channelBlock
    return (block * positions(taps: taps) * channelBlock + channel % channelBlock) * outputBlock
      + output % outputBlock
  }

  var tapStride: Int { channelBlock * outputBlock }
}
