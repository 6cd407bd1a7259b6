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

  /// Everything, as one buffer.
  let arena: Shared<DeviceBuffer>
  private let layout: Layout
  private let buffers: [Role: Shared<DeviceBuffer>]
  /// Stands in for arguments that a kernel's flags leave unused.
  let unused: Shared<DeviceBuffer>
  let arenaByteCount: Int
  /// Where the plan is watched.
  let guarded: GuardedArena?

  /// A region as a buffer, where it has one of its own.
  subscript(role: Role) -> Shared<DeviceBuffer> { buffers[role] ?? unused }

  func place(of role: Role) -> Place? { layout.places[role] }

  /// Where a region lies in the arena. Sizes are bytes.
  struct Place: Hashable, Sendable {
    /// Of the first image's part.
    let offset: Int
    /// With what follows it: rounding, or a band. Of one image where images lie apart.
    let byteCount: Int
    /// From one image's part to the next.
    let imageStride: Int
    /// Whether regions of other lifetimes may have the same memory.
    let isShared: Bool

    /// Whether writing one region changes the other.
    func overlaps(_ other: Place) -> Bool {
      guard isShared, other.isShared else { return self == other }
      return offset < other.offset + other.byteCount && other.offset < offset + byteCount
    }
  }

  /// How the images of a batch lie in the arena.
  enum Arrangement: Hashable, Sendable {
    /// A region holds all images, one after the other.
    case together
    /// Each image has a part of the arena for itself, all laid out alike, so that no two images touch
    /// the same memory, whichever steps they are in. The input and what is asked for lie together.
    case apart
  }

  /// The sizes and lifetimes of what the steps of a plan need.
  struct Layout {
    fileprivate(set) var places: [Role: Place] = [:]
    fileprivate(set) var byteCount = 0
    /// Regions that have buffers of their own: all, or those that the host transfers.
    fileprivate var buffered = Set<Role>()
    /// Bytes that kernels may write.
    fileprivate var sizes: [Role: Int] = [:]
    fileprivate var padding: [Role: (stride: Int, channels: Int)] = [:]
    fileprivate let isGuarded: Bool
    private let images: Int

    /// - Parameters:
    ///   - kept: Tensors that must outlive the last step.
    ///   - isGuarded: Whether nothing shares memory and a band follows each region.
    init(
      steps: [FusedNetwork.Step], tensors: (Network.NodeID) -> DeviceTensor,
      tiles: (Network.NodeID) -> Int, kept: Set<Network.NodeID>, alignment: Int, isGuarded: Bool,
      arrangement: Arrangement = .together
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
      self.sizes = sizes
      self.padding = padding
      self.isGuarded = isGuarded
      let batch = tensors(0).shape.batch
      images = batch
      let roles = lives.sorted { Self.order($0.key) < Self.order($1.key) }.map {
        ($0.key, isGuarded ? 0...steps.count : $0.value)
      }
      switch arrangement {
      case .together:
        byteCount = place(roles, at: 0, images: batch, of: batch, isShared: true, alignment)
        buffered = Set(roles.map(\.0))
      case .apart:
        func isLasting(_ role: Role) -> Bool {
          switch role {
          case .tensor(let node): node == 0 || kept.contains(node)
          case .unused: true
          case .moments, .coefficients: false
          }
        }
        let lasting = roles.filter { isLasting($0.0) }.map { ($0.0, 0...steps.count) }
        let passing = roles.filter { !isLasting($0.0) }
        let base = place(lasting, at: 0, images: batch, of: batch, isShared: false, alignment)
        let image = place(passing, at: base, images: 1, of: batch, isShared: true, alignment)
        byteCount = base + batch * image
        buffered = Set(lasting.map(\.0))
      }
    }

    /// Places regions from `base` on.
    /// - Parameter images: How many of the batch's images a region holds.
    /// - Returns: The bytes taken.
    private mutating func place(
      _ roles: [(role: Role, life: ClosedRange<Int>)], at base: Int, images: Int, of batch: Int,
      isShared: Bool, _ alignment: Int
    ) -> Int {
      var workspace = Workspace(alignment: alignment)
      for (role, life) in roles {
        let size = sizes[role] ?? 0
        let byteCount = max(images == batch ? size : size / batch, 4)
        _ = workspace.request(
          byteCount: byteCount + (isGuarded ? GuardedArena.bandByteCount : 0), lifetime: life)
      }
      let (regions, taken) = workspace.place()
      for ((role, _), region) in zip(roles, regions) {
        places[role] = Place(
          offset: base + region.offset, byteCount: region.byteCount,
          imageStride: images == batch ? (sizes[role] ?? 0) / batch : taken,
          isShared: isShared)
      }
      return taken
    }

    /// The parts of a region that have a band each: one, or one an image.
    fileprivate func watchedParts(of role: Role, at place: Place) -> [GuardedArena.Region] {
      let parts = buffered.contains(role) ? 1 : images
      let byteCount = role == .unused ? 0 : max(sizes[role] ?? 0, 4) / parts
      return (0..<parts).map { part in
        let offset = place.offset + part * place.imageStride
        return GuardedArena.Region(
          name: "\(role)", offset: offset, byteCount: byteCount, end: offset + place.byteCount,
          padding: padding[role])
      }
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
    let arena = Shared(try DeviceBuffer(in: context, byteCount: max(layout.byteCount, 4)))
    var buffers: [Role: Shared<DeviceBuffer>] = [:]
    for (role, region) in layout.places where layout.buffered.contains(role) {
      let size = max(layout.sizes[role] ?? 0, 4)
      buffers[role] = Shared(
        try arena.resource.subBuffer(
          at: region.offset, byteCount: layout.isGuarded ? size : region.byteCount, in: context))
    }
    self.layout = layout
    self.arena = arena
    self.buffers = buffers
    arenaByteCount = layout.byteCount
    guarded =
      layout.isGuarded
      ? GuardedArena(
        arena: arena,
        regions: layout.places.flatMap { layout.watchedParts(of: $0.key, at: $0.value) }
          .sorted { $0.offset < $1.offset }) : nil
    if let unused = buffers[.unused] {
      self.unused = unused
    } else {
      unused = Shared(try DeviceBuffer(in: context, byteCount: Self.unusedByteCount))
    }
  }

  private static let unusedByteCount = 256
}
