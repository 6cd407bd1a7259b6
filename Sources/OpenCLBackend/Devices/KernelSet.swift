import BiTModel
import OpenCLRuntime

/// Which convolution kernels a device runs, and how their tensors are laid out: a rung of the
/// ladder from the fastest to the plainest.
enum KernelSet: Hashable, Sendable, CustomStringConvertible {
  /// `conv2d_vector.cl` and its like, with `tiled` for convolutions whose patch does not fit. Plans that consist of
  /// nothing else are one launch of `network_vector.cl` where `network` is there.
  case vector(
    VectorConvolutionTuning, tiled: TiledConvolutionTuning, network: NetworkProgram? = nil)
  /// `conv2d_tiled.cl` for everything.
  case tiled(TiledConvolutionTuning)
  /// The `_ref.cl` kernels, nothing fused.
  case reference

  /// The rungs that a device's limits allow, best first.
  static func ladder(for device: Device) -> [KernelSet] {
    let limits = device.limits
    var rungs: [KernelSet] = []
    let tiled = TiledConvolutionTuning.table.filter { $0.isValid(for: limits) }
    if device.kind == .cpu, let plain = tiled.first,
      let vector = VectorConvolutionTuning.table.first(where: { $0.isValid(for: limits) })
    {
      if let network = NetworkProgram(for: device) {
        rungs.append(.vector(vector, tiled: plain, network: network))
      }
      rungs.append(.vector(vector, tiled: plain))
    }
    // A driver may allow a kernel smaller groups than the device's limit: then the next tile.
    return rungs + tiled.map(KernelSet.tiled) + [.reference]
  }

  /// The kernel set of a name, whether or not it would be chosen: the vector kernels run, slowly, on
  /// any device with the local memory that they need.
  static func named(_ word: String, for device: Device) -> KernelSet? {
    var sets = ladder(for: device)
    let limits = device.limits
    if limits.localMemory >= VectorConvolutionTuning.leastLocalMemory,
      let plain = TiledConvolutionTuning.table.first(where: { $0.isValid(for: limits) })
    {
      for tuning in VectorConvolutionTuning.table {
        if let network = NetworkProgram(for: device) {
          sets.append(.vector(tuning, tiled: plain, network: network))
        }
        sets.append(.vector(tuning, tiled: plain))
      }
    }
    return sets.first { $0.word == word }
  }

  var fuses: Bool { self != .reference }

  var isTiled: Bool {
    if case .tiled = self { true } else { false }
  }

  /// Channels of a pixel are padded to a multiple of this.
  var channelAlignment: Int {
    if case .vector = self { VectorConvolutionTuning.channelBlock } else { 1 }
  }

  /// Work-items that share one sum. A CPU's core takes a whole group by itself.
  var reductionItems: Int {
    switch self {
    case .vector, .reference: 1
    case .tiled(let tuning): min(64, tuning.groupSize)
    }
  }

  /// Output channels that one group standardises.
  var standardizedOutputs: Int {
    if case .vector = self { VectorConvolutionTuning.standardizedOutputs } else { 1 }
  }

  var description: String {
    switch self {
    case .vector(let tuning, _, let network):
      "vector (\(tuning.microPixels)x\(tuning.outputBlock))"
        + (network == nil ? "" : ", a network in one launch")
    case .tiled(let tuning): "tiled (\(tuning.tileM)x\(tuning.tileN)x\(tuning.tileK))"
    case .reference: "reference"
    }
  }

  /// How plans become one launch; nil where each step is a launch of its own.
  var network: NetworkProgram? {
    if case .vector(_, _, let network) = self { network } else { nil }
  }

  /// The word that names a rung: `persistent8`, `vector8`, `tiled64`, `reference`.
  var word: String {
    switch self {
    case .vector(let tuning, _, let network):
      (network == nil ? "vector" : "persistent") + "\(tuning.vector)"
    case .tiled(let tuning): "tiled\(tuning.tileM)"
    case .reference: "reference"
    }
  }
}

extension KernelSet {
  /// Without kernels for Winograd's form, which take more memory.
  var withoutTransforms: KernelSet {
    guard case .vector(var tuning, let tiled, let network) = self else { return self }
    tuning.transforms = false
    return .vector(tuning, tiled: tiled, network: network)
  }

  /// As fast as the device's memory allows, with what it then takes of it.
  /// - Parameter input: What the network is to be run on, if that is known.
  func fitting(
    _ network: Network, limits: DeviceLimits, input: TensorShape?
  ) -> (kernels: KernelSet, need: MemoryNeed) {
    func need(_ kernels: KernelSet) -> MemoryNeed {
      MemoryNeed(network, kernels: kernels, limits: limits, input: input)
    }
    let fastest = need(self)
    if fastest.fits(limits) { return (self, fastest) }
    return (withoutTransforms, need(withoutTransforms))
  }
}
