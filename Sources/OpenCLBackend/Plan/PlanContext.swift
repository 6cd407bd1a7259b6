import BiTModel
import OpenCLRuntime

/// What the operations of a plan are bound with.
struct PlanContext {
  let network: Network
  let kernels: KernelSet
  let limits: DeviceLimits
  let tensors: [DeviceTensor]
  let buffers: PlanBuffers
  let programs: ProgramLibrary
  let weights: ResidentWeights
  /// How the moments of a tensor are gathered.
  let tiling: (Network.NodeID) -> MomentsTiling

  func tensor(_ node: Network.NodeID) -> KernelArgument { .buffer(buffers[.tensor(node)]) }
  func moments(_ node: Network.NodeID) -> KernelArgument { .buffer(buffers[.moments(node)]) }
  func extents(_ node: Network.NodeID) -> KernelArgument { .int4(tensors[node].extents) }
  func parameter(_ parameter: Parameter) throws(OpenCLError) -> KernelArgument {
    .buffer(try weights.vector(parameter).buffer)
  }
  var unused: KernelArgument { .buffer(buffers.unused) }

  /// The coefficients of a norm applied while reading, or what stands in for them.
  func coefficients(_ norm: Network.NodeID?) -> KernelArgument {
    norm.map { .buffer(buffers[.coefficients($0)]) } ?? unused
  }

  func name(_ node: Network.NodeID) -> String { network.nodes[node].name }

  /// The activation of a norm that a step applies while reading.
  func activation(of norm: Network.NodeID?) -> Activation? {
    guard let norm, case .groupNorm(let groupNorm) = network.nodes[norm].operation else {
      return nil
    }
    return groupNorm.activation
  }

  func constants(of activation: Activation?) throws -> KernelArgument {
    .float4(try constants(activation))
  }

  func constants(_ activation: Activation?) throws -> SIMD4<Float> {
    try activation.map(weights.constants) ?? .zero
  }

  /// What kernels of this network mostly apply; used where a kernel applies none, so that one
  /// program serves both.
  var prevailingActivation: ActivationFunction { network.prevailingActivation }

  /// Work-groups of a kernel that has one work-item an element: along the channels.
  func elementwise(_ node: Network.NodeID) -> (global: WorkSize, local: WorkSize) {
    let tensor = tensors[node]
    let group = channelGroup(tensor.pixelStride)
    return (
      WorkSize(
        tensor.pixelStride.roundedUp(to: group), tensor.shape.width,
        tensor.shape.batch * tensor.shape.height), WorkSize(group, 1, 1)
    )
  }

  /// A power of two, at most 64 and no more than the channels fill.
  func channelGroup(_ channels: Int) -> Int {
    let most = min(64, limits.maxWorkGroupSize, limits.maxWorkItemSizes[0])
    var group = 1
    while group * 2 <= most, group < channels { group *= 2 }
    return group
  }
}

extension Network {
  /// The first norm's activation.
  var prevailingActivation: ActivationFunction {
    for node in nodes {
      if case .groupNorm(let norm) = node.operation, norm.activation.function != .linear {
        return norm.activation.function
      }
    }
    return .linear
  }
}

extension Int {
  func roundedUp(to multiple: Int) -> Int { (self + multiple - 1) / multiple * multiple }
}
