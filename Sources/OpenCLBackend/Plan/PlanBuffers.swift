import BiTModel
import OpenCLRuntime

/// The regions of device memory that a plan computes in, all in one arena.
final class PlanBuffers {
  /// What a region holds.
  enum Role: Hashable {
    case tensor(Network.NodeID)
    /// Moments of a tensor's tiles: [image][tile][mean, M2][pixel stride].
    case moments(Network.NodeID)
    /// What a norm's readers apply: [image][centre, scale, offset][pixel stride].
    case coefficients(Network.NodeID)
  }

  private let buffers: [Role: Shared<DeviceBuffer>]
  /// Stands in for arguments that a kernel's flags leave unused.
  let unused: Shared<DeviceBuffer>
  let arenaByteCount: Int

  subscript(role: Role) -> Shared<DeviceBuffer> { buffers[role] ?? unused }

  /// The sizes and lifetimes of what the steps of a plan need.
  struct Layout {
    fileprivate(set) var workspace: Workspace
    fileprivate var indices: [Role: Int] = [:]

    /// - Parameter kept: Tensors that must outlive the last step.
    init(
      steps: [FusedNetwork.Step], tensors: (Network.NodeID) -> DeviceTensor,
      tiles: (Network.NodeID) -> Int, kept: Set<Network.NodeID>, alignment: Int
    ) {
      var sizes: [Role: Int] = [:]
      var lives: [Role: ClosedRange<Int>] = [:]
      func touch(_ role: Role, at step: Int, byteCount: Int) {
        sizes[role] = byteCount
        let life = lives[role] ?? step...step
        lives[role] = min(life.lowerBound, step)...max(life.upperBound, step)
      }
      func touchTensor(_ node: Network.NodeID, at step: Int) {
        touch(.tensor(node), at: step, byteCount: tensors(node).byteCount)
      }
      func touchMoments(_ node: Network.NodeID, at step: Int) {
        let tensor = tensors(node)
        let count = tensor.shape.batch * tiles(node) * 2 * tensor.pixelStride
        touch(.moments(node), at: step, byteCount: count * MemoryLayout<Float>.stride)
      }
      func touchCoefficients(_ norm: Network.NodeID, of tensor: DeviceTensor, at step: Int) {
        let count = tensor.shape.batch * 3 * tensor.pixelStride
        touch(.coefficients(norm), at: step, byteCount: count * MemoryLayout<Float>.stride)
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

      workspace = Workspace(alignment: alignment)
      for (role, life) in lives.sorted(by: { Self.order($0.key) < Self.order($1.key) }) {
        indices[role] = workspace.request(byteCount: max(sizes[role] ?? 0, 4), lifetime: life)
      }
    }

    /// A dictionary's order must not decide where things lie.
    private static func order(_ role: Role) -> Int {
      switch role {
      case .tensor(let node): node * 3
      case .moments(let node): node * 3 + 1
      case .coefficients(let node): node * 3 + 2
      }
    }
  }

  init(_ layout: Layout, context: Context) throws(OpenCLError) {
    let (regions, byteCount) = layout.workspace.place()
    let arena = try DeviceBuffer(in: context, byteCount: max(byteCount, 4))
    var buffers: [Role: Shared<DeviceBuffer>] = [:]
    for (role, index) in layout.indices {
      let region = regions[index]
      buffers[role] = Shared(
        try arena.subBuffer(at: region.offset, byteCount: region.byteCount, in: context))
    }
    self.buffers = buffers
    arenaByteCount = byteCount
    unused = Shared(try DeviceBuffer(in: context, byteCount: 256))
  }
}
