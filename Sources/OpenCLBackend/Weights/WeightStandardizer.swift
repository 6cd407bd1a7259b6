import BiTModel
import OpenCLRuntime

/// Standardises and packs convolution kernels, on the device if it proves able to.
final class WeightStandardizer {
  /// The most that the device's result may differ from the Double result, relative to the largest:
  /// a unit in the last place. The kernel rounds once; a driver whose fma is none falls short.
  static let tolerance: Float = 0x1p-23

  let context: Context
  private let kernel: Kernel
  /// Made for the first kernel that is to be transformed.
  private var transform: Shared<Kernel>?
  private let transformProgram: () throws -> Shared<Program>
  private let items: Int
  private let outputsPerGroup: Int
  /// Where kernels lie as the checkpoint has them while the device works on them, one at a time: one
  /// piece of memory for all costs a tenth of a new one for each.
  private var raw: Shared<DeviceBuffer>?
  /// Whether the device agrees with Double on kernels that are hard for Float.
  private(set) var isDeviceTrusted = false

  init(
    context: Context, program: Shared<Program>,
    transformProgram: @escaping () throws -> Shared<Program>, kernels: KernelSet,
    queue: borrowing CommandQueue, guards: PlanGuards? = nil
  ) throws {
    self.context = context
    self.transformProgram = transformProgram
    items = kernels.reductionItems
    outputsPerGroup = kernels.standardizedOutputs
    kernel = try program.resource.makeKernel("weight_standardization")
    let error = try errorOnProbe(queue: queue)
    if guards != nil, !(error <= PlanGuards.standardizationLimit) {
      throw UntrustedKernels(
        reason: "standardised weights are off by \(error) of the largest; the limit is"
          + " \(PlanGuards.standardizationLimit)")
    }
    isDeviceTrusted = error <= Self.tolerance || guards?.hostMayStandardize == false
  }

  /// The kernel alone.
  static func program(_ kernels: KernelSet) -> ProgramRequest {
    ProgramRequest(
      "weight_standardization.cl",
      options: "-D ITEMS=\(kernels.reductionItems) -D OUTPUTS=\(kernels.standardizedOutputs)")
  }

  /// ELEMENTS of `winograd_weights.cl`.
  private static let transformedElements = 16
  static let transformProgram = ProgramRequest("winograd_weights.cl")

  /// - Parameter values: [output channels][input channels][taps].
  /// - Parameter packed: Of `packing`'s size; filled once the queue has got that far.
  func standardize(
    _ values: [Float], of convolution: Convolution, _ packing: WeightPacking,
    into packed: borrowing DeviceBuffer, queue: borrowing CommandQueue
  ) throws {
    guard isDeviceTrusted else {
      let values = HostStandardization.packed(values, of: convolution, packing)
      return try queue.write(values, to: packed)
    }
    guard packing.isTransformed else {
      return try onDevice(values, of: convolution, packing, into: packed, queue: queue)
    }
    try transformed(values, of: convolution, packing, into: packed, queue: queue)
  }

  private func transformed(
    _ values: [Float], of convolution: Convolution, _ packing: WeightPacking,
    into packed: borrowing DeviceBuffer, queue: borrowing CommandQueue
  ) throws {
    let transform =
      try self.transform
      ?? Shared(transformProgram().resource.makeKernel("winograd_weights"))
    self.transform = transform
    try onDevice(values, of: convolution, packing.plainTaps, into: packed, queue: queue)
    try transform.resource.setArgument(0, packed)
    try transform.resource.setArgument(1, Int32(packing.outputBlocks))
    try queue.launch(
      transform.resource, global: WorkSize(packing.tapStride / Self.transformedElements),
      local: WorkSize(1))
  }

  private func onDevice(
    _ values: [Float], of convolution: Convolution, _ packing: WeightPacking,
    into packed: borrowing DeviceBuffer, queue: borrowing CommandQueue
  ) throws {
    let taps = convolution.kernel * convolution.kernel
    let raw = try rawBuffer(byteCount: values.count * MemoryLayout<Float>.stride, queue)
    try queue.write(values, to: raw.resource)
    try kernel.setArgument(0, raw.resource)
    try kernel.setArgument(1, packed)
    let sizes = [
      convolution.outputChannels, convolution.inputChannels, taps, packing.outputBlock,
      packing.channelBlock, packing.channelBlocks,
    ]
    for (index, size) in sizes.enumerated() {
      try kernel.setArgument(2 + index, Int32(size))
    }
    try kernel.setArgument(8, Float(convolution.standardizationEpsilon))
    let groups = packing.outputBlocks * packing.outputBlock / outputsPerGroup
    try queue.launch(kernel, global: WorkSize(groups * items), local: WorkSize(items))
    // Some drivers begin no earlier.
    try queue.flush()
  }

  private func rawBuffer(
    byteCount: Int, _ queue: borrowing CommandQueue
  ) throws(OpenCLError) -> Shared<DeviceBuffer> {
    if let raw, raw.resource.byteCount >= byteCount { return raw }
    try finish(queue)
    let raw = Shared(try DeviceBuffer(in: context, byteCount: byteCount, access: .readOnly))
    self.raw = raw
    return raw
  }

  /// Waits for what was enqueued, and gives back the memory that only that needed.
  func finish(_ queue: borrowing CommandQueue) throws(OpenCLError) {
    guard raw != nil else { return }
    try queue.finish()
    raw = nil
  }

  /// The largest error, relative to the largest weight; infinite where something is not a number.
  private func errorOnProbe(queue: borrowing CommandQueue) throws -> Float {
    // transformers' and timm's epsilon, and Google's.
    max(
      try errorOnProbe(epsilon: 1e-8, queue: queue), try errorOnProbe(epsilon: 1e-10, queue: queue))
  }

  /// Ordinary kernels beside those that lose digits in Float: a mean far from zero, a spread near
  /// √ε, all elements equal.
  private func errorOnProbe(
    epsilon: Double, queue: borrowing CommandQueue
  ) throws -> Float {
    let convolution = Convolution(
      inputChannels: 21, outputChannels: 6, kernel: 3, padding: .symmetric(1),
      standardizationEpsilon: epsilon, path: "probe")
    let smallSpread = Float(10 * epsilon.squareRoot())
    let count = convolution.inputChannels * 9
    let noise = RandomWeights().values(of: convolution.weight)
    var values = noise
    for index in 0..<count {
      values[count + index] = noise[index] + 8
      values[2 * count + index] = noise[index] * smallSpread
      values[3 * count + index] = 0
      values[4 * count + index] = 0.25
    }
    let packing = WeightPacking(
      outputBlock: 6.roundedUp(to: outputsPerGroup), channelBlock: convolution.inputChannels,
      outputBlocks: 1, channelBlocks: 1)
    let expected = HostStandardization.packed(values, of: convolution, packing)
    let buffer = try DeviceBuffer(
      in: context, byteCount: packing.byteCount(taps: 9))
    try onDevice(values, of: convolution, packing, into: buffer, queue: queue)
    let found = try queue.read(buffer, as: Float.self, count: expected.count)
    let largest = expected.reduce(0) { max($0, abs($1)) }
    let errors = zip(expected, found).map { abs($0 - $1) }
    guard errors.allSatisfy(\.isFinite) else { return .infinity }
    return errors.reduce(0) { max($0, $1) } / largest
  }
}
