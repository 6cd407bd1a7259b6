import OpenCLRuntime

/// Which convolution kernels a device runs, and how their tensors are laid out: a rung of the
/// ladder from the fastest to the plainest.
enum KernelSet: Hashable, Sendable, CustomStringConvertible {
  /// `conv2d_vector.cl`, with `tiled` for convolutions whose patch does not fit.
  case vector(VectorConvolutionTuning, tiled: TiledConvolutionTuning)
  /// `conv2d_tiled.cl` for everything.
  case tiled(TiledConvolutionTuning)
  /// The `_ref.cl` kernels, nothing fused.
  case reference

  /// The rungs that a device's limits allow, best first.
  static func ladder(for device: Device) -> [KernelSet] {
    let limits = device.limits
    var rungs: [KernelSet] = []
    let tiled = TiledConvolutionTuning.table.first { $0.isValid(for: limits) }
    if device.kind == .cpu, let tiled,
      let vector = VectorConvolutionTuning.table.first(where: { $0.isValid(for: limits) })
    {
      rungs.append(.vector(vector, tiled: tiled))
    }
    if let tiled { rungs.append(.tiled(tiled)) }
    return rungs + [.reference]
  }

  /// The kernel set of a name, whether or not it would be chosen: the vector kernels run, slowly, on
  /// any device with the local memory that they need.
  static func named(_ word: String, for device: Device) -> KernelSet? {
    if let rung = ladder(for: device).first(where: { $0.word == word }) { return rung }
    let limits = device.limits
    guard word == "vector", limits.localMemory >= VectorConvolutionTuning.leastLocalMemory,
      let tiled = TiledConvolutionTuning.table.first(where: { $0.isValid(for: limits) }),
      let narrowest = VectorConvolutionTuning.table.last
    else { return nil }
    return .vector(narrowest, tiled: tiled)
  }

  var fuses: Bool { self != .reference }

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

  /// Output channels that one group standardises: those that share a cache line.
  var standardizedOutputs: Int {
    if case .vector = self { 16 } else { 1 }
  }

  var description: String {
    switch self {
    case .vector(let tuning, _): "vector (\(tuning.microPixels)x\(tuning.outputBlock))"
    case .tiled(let tuning): "tiled (\(tuning.tileM)x\(tuning.tileN)x\(tuning.tileK))"
    case .reference: "reference"
    }
  }

  /// The word that names a rung in `BITCL_KERNEL_SET`.
  var word: String {
    switch self {
    case .vector: "vector"
    case .tiled: "tiled"
    case .reference: "reference"
    }
  }
}
