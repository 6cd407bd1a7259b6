import BiTModel

/// Where a convolution's kernel elements lie on the device:
/// [output blocks][channel blocks][taps][channels of a block][outputs of a block], zero-filled.
struct WeightPacking: Hashable, Sendable {
  let outputBlock: Int
  let channelBlock: Int
  let outputBlocks: Int
  let channelBlocks: Int

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

  /// As a kernel set reads it.
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
    outputBlocks * outputBlock * channelBlocks * channelBlock * taps
  }

  func byteCount(taps: Int) -> Int { elementCount(taps: taps) * MemoryLayout<Float>.stride }

  /// The offset of a channel's first tap; further taps follow `tapStride` apart.
  func offset(output: Int, channel: Int, taps: Int) -> Int {
    let block = output / outputBlock * channelBlocks + channel / channelBlock
    return (block * taps * channelBlock + channel % channelBlock) * outputBlock
      + output % outputBlock
  }

  var tapStride: Int { channelBlock * outputBlock }
}
