import BiTModel
import OpenCLRuntime

/// The regions of device memory that a plan computes in, all in one arena.
final class PlanBuffers {
  /// What a region holds.
  enum Role: Hashable, CustomStringConvertible {
    case tensor(Network.NodeID)
    /// Moments of a tensor's tiles: [image][tile][mean, M2][pixel stride].
    case moments(Network.NodeID)
    /// What a norm's readers apply: [image][centre, scale, offset][pixel stride].
    case coefficients(Network.NodeID)
    /// What stands in for arguments that a kernel does not use.
    case unused

    var description: String {
      switch self {
      case .tensor(let node): "the tensor of node \(node)"
      case .moments(let node): "the moments of node \(node)"
      case .coefficients(let node): "the coefficients of node \(node)"
      case .unused: "what stands in for an unused argument"
      }
    }
  }

  private let buffers: [Role: Shared<DeviceBuffer>]
  /// Stands in for arguments that a kernel's flags leave unused.
  let unused: Shared<DeviceBuffer>
  let arenaByteCount: Int
  /// Where the plan is watched.
  let guarded: GuardedArena?

  subscript(role: Role) -> Shared<DeviceBuffer> { buffers[role] ?? unused }

  /// The sizes and lifetimes of what the steps of a plan need.
  struct Layout {
    fileprivate(set) var workspace: Workspace
    fileprivate var indices: [Role: Int] = [:]
    /// Bytes that kernels may write.
    fileprivate var sizes: [Role: Int] = [:]
    fileprivate var padding: [Role: (stride: Int, channels: Int)] = [:]
    fileprivate let isGuarded: Bool

    /// - Parameters:
    ///   - kept: Tensors that must outlive the last step.
    ///   - isGuarded: Whether nothing shares memory and a band follows each region.
    init(
      steps: [FusedNetwork.Step], tensors: (Network.NodeID) -> DeviceTensor,
      tiles: (Network.NodeID) -> Int, kept: Set<Network.NodeID>, alignment: Int, isGuarded: Bool
    ) {
      var sizes: [Role: Int] = [:]
      var padding: [Role: (stride: Int, channels: Int)] = [:]
      var lives: [Role: ClosedRange<Int>] = [:]
      func touch(_ role: Role, at step: Int, byteCount: Int) {
        sizes[role] = byteCount
        let life = lives[role] ?? step...step
        lives[role] = min(life.lowerBound, step)...max(life.upperBound, step)
      }
      func touchTensor(_ node: Network.NodeID, at step: Int) {
        let tensor = tensors(node)
        touch(.tensor(node), at: step, byteCount: tensor.byteCount)
        padding[.tensor(node)] = (tensor.pixelStride, tensor.shape.channels)
      }
      func touchMoments(_ node: Network.NodeID, at step: Int) {
        let tensor = tensors(node)
        let count = tensor.shape.batch * tiles(node) * 2 * tensor.pixelStride
        touch(.moments(node), at: step, byteCount: count * MemoryLayout<Float>.stride)
      }
      func touchCoefficients(_ norm: Network.NodeID, of tensor: DeviceTensor, at step: Int) {
        let count = tensor.shape.batch * 3 * tensor.pixelStride
        touch(.coefficients(norm), at: step, byteCount: count * MemoryLayout<Float>.stride)
        padding[.coefficients(norm)] = (tensor.pixelStride, tensor.shape.channels)
      }

      touchTensor(0, at: 0)
      for (index, step) in steps.enumerated() {
        for node in step.reads { touchTensor(node, at: index) }
        if let node = step.writes { touchTensor(node, at: index) }
        for norm in step.norms where lives[.coefficients(norm)] != nil {
          touch(.coefficients(norm), at: index, byteCount: sizes[.coefficients(norm)] ?? 0)
        }
        switch step {
        case .convolution(_, _, _, true, let output): touchMoments(output, at: index)
        case .moments(let tensor): touchMoments(tensor, at: index)
        case .coefficients(_, let node, let tensor):
          touchMoments(tensor, at: index)
          touchCoefficients(node, of: tensors(tensor), at: index)
        default: break
        }
      }
      for node in kept { touchTensor(node, at: steps.count) }

      if isGuarded { touch(.unused, at: 0, byteCount: PlanBuffers.unusedByteCount) }
      workspace = Workspace(alignment: alignment)
      for (role, life) in lives.sorted(by: { Self.order($0.key) < Self.order($1.key) }) {
        let byteCount = max(sizes[role] ?? 0, 4)
        indices[role] = workspace.request(
          byteCount: byteCount + (isGuarded ? GuardedArena.bandByteCount : 0),
          lifetime: isGuarded ? 0...steps.count : life)
      }
      self.sizes = sizes
      self.padding = padding
      self.isGuarded = isGuarded
    }

    /// A dictionary's order must not decide where things lie.
    private static func order(_ role: Role) -> Int {
      switch role {
      case .tensor(let node): node * 3
      case .moments(let node): node * 3 + 1
      case .coefficients(let node): node * 3 + 2
      case .unused: -1
      }
    }
  }

  init(_ layout: Layout, context: Context) throws(OpenCLError) {
    let (regions, byteCount) = layout.workspace.place()
    let arena = Shared(try DeviceBuffer(in: context, byteCount: max(byteCount, 4)))
    var buffers: [Role: Shared<DeviceBuffer>] = [:]
    var watched: [GuardedArena.Region] = []
    for (role, index) in layout.indices {
      let region = regions[index]
      let size = max(layout.sizes[role] ?? 0, 4)
      buffers[role] = Shared(
        try arena.resource.subBuffer(
          at: region.offset, byteCount: layout.isGuarded ? size : region.byteCount, in: context))
      watched.append(
        GuardedArena.Region(
          name: "\(role)", offset: region.offset, byteCount: role == .unused ? 0 : size,
          end: region.offset + region.byteCount, padding: layout.padding[role]))
    }
    self.buffers = buffers
    arenaByteCount = byteCount
    guarded =
      layout.isGuarded
      ? GuardedArena(arena: arena, regions: watched.sorted { $0.offset < $1.offset }) : nil
    if let unused = buffers[.unused] {
      self.unused = unused
    } else {
      unused = Shared(try DeviceBuffer(in: context, byteCount: Self.unusedByteCount))
    }
  }

  private static let unusedByteCount = 256
}
