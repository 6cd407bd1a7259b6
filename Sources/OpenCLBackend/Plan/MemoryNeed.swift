import BiTModel
import OpenCLRuntime

/// What a network takes of a device's memory, told before any of it is taken. Sizes are bytes.
struct MemoryNeed: Hashable, Sendable {
  /// All parameters, kernels as they are packed.
  private(set) var weights = 0
  private var parameterCount = 0
  /// The largest kernel as the checkpoint has it: it lies beside its packed form while that is made.
  private(set) var unpacking = 0
  /// The largest buffer of the weights.
  private(set) var largestBuffer = 0
  /// What a run computes in; 0 where the input's shape is not known yet.
  private(set) var arena = 0
  private(set) var input: TensorShape?

  /// - Parameter input: What the network is to be run on, if that is known.
  init(_ network: Network, kernels: KernelSet, limits: DeviceLimits, input: TensorShape? = nil) {
    let packings = NetworkPackings(network, kernels: kernels, limits: limits, input: input)
    for (id, node) in network.nodes.enumerated() {
      switch node.operation {
      case .convolution(let convolution):
        let taps = convolution.kernel * convolution.kernel
        let packing = packings.packing(of: convolution, node: id)
        add(elements: packing.elementCount(taps: taps))
        unpacking = max(unpacking, convolution.weight.count * MemoryLayout<Float>.stride)
      case .groupNorm, .linear:
        for parameter in node.operation.parameters { add(elements: parameter.count) }
      case .input, .zeroPad, .maxPool, .add, .globalAveragePool: break
      }
    }
    largestBuffer = max(largestBuffer, unpacking)
    guard let input, let result = network.logits ?? network.featureMaps.last,
      // A shape that does not suit the network is for the run to complain of.
      let blueprint = try? ExecutionPlan.Blueprint(
        network, input: input, kept: [result], kernels: kernels, limits: limits)
    else { return }
    (arena, self.input) = (blueprint.arenaByteCount, input)
  }

  private mutating func add(elements: Int) {
    let byteCount = elements * MemoryLayout<Float>.stride
    weights += byteCount
    parameterCount += 1
    largestBuffer = max(largestBuffer, byteCount)
  }

  /// The same weights, and kernels in further layouts, with a plan that is about to be made.
  func running(_ input: TensorShape, arena: Int, kernels: [Int] = []) -> MemoryNeed {
    var need = self
    (need.input, need.arena) = (input, arena)
    for byteCount in kernels { need.add(elements: byteCount / MemoryLayout<Float>.stride) }
    return need
  }

  /// Bytes that all parameters take at most where each begins at a multiple of `alignment`.
  func weightRegions(alignment: Int) -> Int { weights + parameterCount * alignment }

  /// Kernels are unpacked before anything runs.
  var total: Int { weights + max(unpacking, arena) }

  func fits(_ limits: DeviceLimits) -> Bool {
    total <= limits.usableMemory && max(largestBuffer, arena) <= limits.largestAllocation
  }

  /// - Throws: `InsufficientDeviceMemory`.
  func check(on device: Device) throws(InsufficientDeviceMemory) {
    guard !fits(device.limits) else { return }
    throw InsufficientDeviceMemory(
      need: self, available: device.limits.usableMemory,
      largestAllocation: device.limits.largestAllocation)
  }
}

/// A device that cannot hold a network. Nothing was uploaded.
package struct InsufficientDeviceMemory: BackendFailure, Hashable, CustomStringConvertible {
  let need: MemoryNeed
  /// Bytes of the device's memory that may be used.
  package let available: Int
  package let largestAllocation: Int

  package var needed: Int { need.total }
  package var remedy: FailureRemedy { .anotherDevice }

  package var description: String {
    var parts = ["\(Self.size(need.weights)) for weights"]
    if need.unpacking >= need.arena {
      parts.append("\(Self.size(need.unpacking)) to unpack the largest of them")
    } else if let input = need.input {
      parts.append(
        "\(Self.size(need.arena)) to compute an input of \(input) (batch, height, width, channels)")
    }
    let text =
      "the model needs \(Self.size(needed)) of its memory (\(parts.joined(separator: ", ")))"
    guard needed <= available else { return "\(text) and there are \(Self.size(available))" }
    return "\(text), \(Self.size(max(need.largestBuffer, need.arena))) of it in one buffer, and it"
      + " allows buffers of \(Self.size(largestAllocation))"
  }

  /// Rounded up in the third digit or later, so that a need never reads as what there is.
  private static func size(_ byteCount: Int) -> String {
    for (unit, factor) in [("GB", 1_000_000_000), ("MB", 1_000_000)] where byteCount >= factor {
      let hundredths = (byteCount + factor / 100 - 1) / (factor / 100)
      let fraction = hundredths % 100
      return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) \(unit)"
    }
    return "\((byteCount + 999) / 1000) kB"
  }
}
