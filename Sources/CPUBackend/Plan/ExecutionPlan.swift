import BiTModel

/// The steps that compute some nodes of a network for one input size and batch, and where their
/// tensors lie.
struct ExecutionPlan: Sendable {
  struct Entry: Sendable {
    let step: any PlanStep
    /// The node whose output is complete after the step, if it is one.
    let result: (node: Network.NodeID, block: WorkspaceBlock)?
  }

  let entries: [Entry]
  let layout: WorkspaceLayout
  /// The shape of every node's output up to the last one that is computed.
  let shapes: [TensorShape]
}
