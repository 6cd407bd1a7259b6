import BiTModel

/// Reads off the kernel that a convolution has on a backend, as the response to unit impulses, one
/// image an input channel, each a single pixel. Every sum then has one term that is not zero, so
/// nothing is rounded.
struct KernelReadout: Sendable {
  let network: Network
  let node: Network.NodeID
  let impulses: HostTensor
  private let convolution: Convolution

  init(_ convolution: Convolution) {
    self.convolution = convolution
    let inputs = convolution.inputChannels
    var network = Network(inputChannels: inputs)
    let probe = Convolution(
      inputChannels: inputs, outputChannels: convolution.outputChannels,
      kernel: convolution.kernel, padding: .symmetric(convolution.kernel - 1),
      standardizationEpsilon: convolution.standardizationEpsilon,
      path: String(convolution.weight.name.path.dropLast(".weight".count)))
    node = network.append("probe", .convolution(probe), 0)
    self.network = network
    var impulses = HostTensor(
      shape: TensorShape(batch: inputs, height: 1, width: 1, channels: inputs), filledWith: 0)
    for channel in 0..<inputs { impulses[channel, 0, 0, channel] = 1 }
    self.impulses = impulses
  }

  /// - Parameter response: The node's output for the impulses.
  /// - Returns: [output channels, height, width, input channels]
  func kernel<Element>(from response: Tensor<Element>) -> Tensor<Element> {
    let (inputs, outputs) = (convolution.inputChannels, convolution.outputChannels)
    let window = convolution.kernel
    var kernel = Tensor<Element>(
      shape: TensorShape(batch: outputs, height: window, width: window, channels: inputs),
      filledWith: 0)
    guard response.shape.batch == inputs, response.shape.channels == outputs,
      response.shape.height == window, response.shape.width == window
    else { return response }
    for output in 0..<outputs {
      for row in 0..<window {
        for column in 0..<window {
          for input in 0..<inputs {
            kernel[output, row, column, input] =
              response[input, window - 1 - row, window - 1 - column, output]
          }
        }
      }
    }
    return kernel
  }
}
