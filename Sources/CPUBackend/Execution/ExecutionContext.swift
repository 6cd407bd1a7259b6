/// Where a step finds its kernels, its threads and its tensors during one run.
struct ExecutionContext {
  let kernels: VectorKernels
  let workers: WorkerPool
  let input: UnsafePointer<Float>
  /// The workspace's memory.
  let base: UnsafeMutableRawPointer
  let layout: WorkspaceLayout

  func read(_ source: TensorSource) -> UnsafePointer<Float> {
    switch source {
    case .input: input
    case .block(let block): UnsafePointer(write(block))
    }
  }

  func write(_ block: WorkspaceBlock) -> UnsafeMutablePointer<Float> {
    (base + layout.offsets[block.index]).assumingMemoryBound(to: Float.self)
  }

  func doubles(_ block: WorkspaceBlock) -> UnsafeMutablePointer<Double> {
    (base + layout.offsets[block.index]).assumingMemoryBound(to: Double.self)
  }
}

/// A tensor that a step reads.
enum TensorSource: Hashable, Sendable {
  /// What the caller gave.
  case input
  case block(WorkspaceBlock)
}

/// One operation, or several fused ones, bound to its place in the workspace.
protocol PlanStep: Sendable {
  func execute(in context: ExecutionContext)
}
