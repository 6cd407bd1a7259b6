/// A matrix of weights in the order in which the convolution kernel reads it:
/// [output channels / panel width][depth][panel width], the last panel filled up with zeros.
///
/// Unchecked, because it points to memory: nothing writes there after the initialiser.
final class PackedWeights: @unchecked Sendable {
  /// Output channels.
  let outputs: Int
  /// Weights of an output channel.
  let depth: Int
  let panelWidth: Int
  private let memory: AlignedMemory

  var panels: Int { (outputs + panelWidth - 1) / panelWidth }

  /// - Parameter row: Computes an output channel's weights; called from several threads.
  /// - Throws: `CPUBackendError.outOfMemory`.
  init(
    outputs: Int, depth: Int, panelWidth: Int, workers: WorkerPool,
    row: (_ output: Int, _ weights: UnsafeMutableBufferPointer<Float>) -> Void
  ) throws(CPUBackendError) {
    self.outputs = outputs
    self.depth = depth
    self.panelWidth = panelWidth
    let panels = (outputs + panelWidth - 1) / panelWidth
    memory = try AlignedMemory(byteCount: panels * depth * panelWidth * 4)
    let base = memory.base.assumingMemoryBound(to: Float.self)
    workers.forEach(panels) { panel, _ in
      let target = base + panel * depth * panelWidth
      target.update(repeating: 0, count: depth * panelWidth)
      withUnsafeTemporaryAllocation(of: Float.self, capacity: depth) { weights in
        for lane in 0..<min(panelWidth, outputs - panel * panelWidth) {
          row(panel * panelWidth + lane, weights)
          for k in 0..<depth { target[k * panelWidth + lane] = weights[k] }
        }
      }
    }
  }

  /// The weights of a panel from a row of its depth on.
  func panel(_ index: Int, row: Int) -> UnsafePointer<Float> {
    UnsafePointer(
      memory.base.assumingMemoryBound(to: Float.self) + (index * depth + row) * panelWidth)
  }
}
