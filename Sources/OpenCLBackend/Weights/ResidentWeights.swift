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
  private var entries: [Key: Entry] = [:]
  /// Where a kernel that reads many parameters finds them.
  let arena: WeightArena?

  /// A parameter on the device.
  struct Entry {
    let buffer: Shared<DeviceBuffer>
    /// Nil where it does not lie in the arena.
    let place: WeightArena.Place?
  }

  init(source: any WeightSource, standardizer: WeightStandardizer, arena: WeightArena? = nil) {
    self.source = source
    self.standardizer = standardizer
    self.arena = arena
  }

  private var context: Context { standardizer.context }

  /// Whether everything that was uploaded so far lies in the arena.
  var areInArena: Bool { arena != nil && entries.values.allSatisfy { $0.place != nil } }

  /// In the arena as long as it has room.
  private func allocate(byteCount: Int) throws(OpenCLError) -> Entry {
    if let (buffer, place) = try arena?.allocate(byteCount: byteCount, in: context) {
      return Entry(buffer: buffer, place: place)
    }
    return Entry(buffer: Shared(try DeviceBuffer(in: context, byteCount: byteCount)), place: nil)
  }

  /// The sizes of kernels that some convolutions want in a layout in which they are not here: images
  /// of another size may take another form.
  func missingByteCounts(_ launches: some Sequence<ConvolutionLaunch>) -> [Int] {
    var keys: Set<Key> = []
    return launches.compactMap { launch in
      let convolution = launch.convolution
      let key = Key(name: convolution.weight.name, packing: launch.packing)
      guard entries[key] == nil, keys.insert(key).inserted else { return nil }
      return launch.packing.byteCount(taps: convolution.kernel * convolution.kernel)
    }
  }

  /// A standardised convolution kernel.
  func kernel(
    of convolution: Convolution, _ packing: WeightPacking, queue: borrowing CommandQueue
  ) throws -> Entry {
    let key = Key(name: convolution.weight.name, packing: packing)
    if let entry = entries[key] { return entry }
    let values = try source.values(of: convolution.weight)
    let entry = try allocate(
      byteCount: packing.byteCount(taps: convolution.kernel * convolution.kernel))
    try standardizer.standardize(
      values, of: convolution, packing, into: entry.buffer.resource, queue: queue)
    entries[key] = entry
    return entry
  }

  /// A parameter as the checkpoint holds it.
  func vector(_ parameter: Parameter) throws(OpenCLError) -> Entry {
    guard let entry = entries[Key(name: parameter.name, packing: nil)] else {
      throw OpenCLError(
        .invalidRequest, device: context.device.label,
        detail: "the parameter \(parameter.name) was not uploaded")
    }
    return entry
  }

  func upload(_ parameter: Parameter, queue: borrowing CommandQueue) throws {
    let key = Key(name: parameter.name, packing: nil)
    guard entries[key] == nil else { return }
    let values = try source.values(of: parameter)
    let entry = try allocate(byteCount: values.count * MemoryLayout<Float>.stride)
    try queue.write(values, to: entry.buffer.resource)
    entries[key] = entry
  }

  func constants(of activation: Activation) throws -> SIMD4<Float> {
    try activation.kernelConstants(source)
  }
}
