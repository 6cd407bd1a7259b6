import BiTModel
import OpenCLRuntime

/// A network's parameters on the device: each uploaded once, in each layout that a plan asked for.
final class ResidentWeights {
  private struct Key: Hashable {
    let name: ParameterName
    /// `nil` for a parameter as the checkpoint holds it.
    let packing: WeightPacking?
  }

  private let source: any WeightSource
  private let standardizer: WeightStandardizer
  private var buffers: [Key: Shared<DeviceBuffer>] = [:]

  init(source: any WeightSource, standardizer: WeightStandardizer) {
    self.source = source
    self.standardizer = standardizer
  }

  /// A standardised convolution kernel.
  func kernel(
    of convolution: Convolution, _ packing: WeightPacking, queue: borrowing CommandQueue
  ) throws -> Shared<DeviceBuffer> {
    let key = Key(name: convolution.weight.name, packing: packing)
    if let buffer = buffers[key] { return buffer }
    let values = try source.values(of: convolution.weight)
    let buffer = Shared(
      try standardizer.standardize(values, of: convolution, packing, queue: queue))
    buffers[key] = buffer
    return buffer
  }

  /// A parameter as the checkpoint holds it.
  func vector(_ parameter: Parameter) throws -> Shared<DeviceBuffer> {
    let key = Key(name: parameter.name, packing: nil)
    if let buffer = buffers[key] { return buffer }
    let values = try source.values(of: parameter)
    let buffer = Shared(
      try DeviceBuffer(in: standardizer.context, copying: values.span.bytes, access: .readOnly))
    buffers[key] = buffer
    return buffer
  }

  func constants(of activation: Activation) throws -> SIMD4<Float> {
    try activation.kernelConstants(source)
  }
}
