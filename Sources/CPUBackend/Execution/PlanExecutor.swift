import BiTModel

/// Runs plans, one at a time, in one workspace that grows to the largest.
struct PlanExecutor {
  private struct Key: Hashable {
    let shape: TensorShape
    let requested: Set<Network.NodeID>
  }

  private let prepared: PreparedNetwork
  private let kernels: VectorKernels
  private let workers: WorkerPool
  /// The most recently used last.
  private var plans: [(key: Key, plan: ExecutionPlan)] = []
  private var memory: AlignedMemory?

  /// Sizes and batches whose plans are kept.
  private static let planLimit = 8

  init(_ prepared: PreparedNetwork, kernels: VectorKernels, workers: WorkerPool) {
    self.prepared = prepared
    self.kernels = kernels
    self.workers = workers
  }

  /// - Throws: `NetworkError`, `CPUBackendError`, `CancellationError`.
  mutating func run(
    _ input: HostTensor, returning nodes: [Network.NodeID], cancellation: CancellationFlag
  ) throws -> [HostTensor] {
    let requested = Set(nodes)
    let plan = try plan(for: Key(shape: input.shape, requested: requested))
    let base = try workspace(for: plan, input: input.shape, requested: requested)
    var results: [Network.NodeID: HostTensor] = requested.contains(0) ? [0: input] : [:]
    try input.elements.withUnsafeBufferPointer { elements in
      guard let start = elements.baseAddress else { return }
      let context = ExecutionContext(
        kernels: kernels, workers: workers, input: start, base: base, layout: plan.layout)
      for entry in plan.entries {
        try cancellation.check()
        entry.step.execute(in: context)
        if let (node, block) = entry.result, requested.contains(node) {
          let shape = plan.shapes[node]
          let values = UnsafeBufferPointer(start: context.write(block), count: shape.count)
          results[node] = HostTensor(shape: shape, elements: Array(values))
        }
      }
    }
    return nodes.compactMap { results[$0] }
  }

  private mutating func plan(for key: Key) throws(NetworkError) -> ExecutionPlan {
    if let index = plans.firstIndex(where: { $0.key == key }) {
      plans.append(plans.remove(at: index))
    } else {
      let plan = try PlanBuilder.plan(
        prepared, input: key.shape, requested: key.requested, kernels: kernels,
        threads: workers.threads)
      if plans.count == Self.planLimit { plans.removeFirst() }
      plans.append((key, plan))
    }
    return plans[plans.count - 1].plan
  }

  private mutating func workspace(
    for plan: ExecutionPlan, input: TensorShape, requested: Set<Network.NodeID>
  ) throws(CPUBackendError) -> UnsafeMutableRawPointer {
    let byteCount = plan.layout.byteCount
    let results = requested.reduce(0) { $0 + 4 * plan.shapes[$1].count }
    let limit = Machine.memory
    guard prepared.byteCount + byteCount + results <= limit else {
      throw .inputTooLarge(
        input, byteCount: prepared.byteCount + byteCount + results, machineMemory: limit)
    }
    if let memory, memory.byteCount >= byteCount { return memory.base }
    memory = nil
    let larger = try AlignedMemory(byteCount: byteCount)
    memory = larger
    return larger.base
  }
}
