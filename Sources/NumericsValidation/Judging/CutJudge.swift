import BiTModel
import ReferenceBackend

/// Judges the tensors that a device returned for some nodes of a network, each by itself.
///
/// The network is cut at the nodes returned: what is expected of a node is what the oracle makes of
/// the device's own tensors before it. So a fault shows where it happens and not in everything
/// after it, and the limit is the rounding of one layer. Where layers between two cuts are not
/// returned, because a fused plan never writes them, their rounding is carried through the oracle:
/// it computes them a second time with a random error of one rounding unit in each element, and
/// the difference at the next cut is the unit there.
struct CutJudge: Sendable {
  let network: Network
  let oracle: ReferenceRunner

  init(_ network: Network, weights: any WeightSource) throws {
    self.network = network
    oracle = try ReferenceBackend().makeRunner(network, weights: weights)
  }

  /// What is known of a node while the network is walked.
  private struct Value {
    /// Computed by the oracle since the last cut, or the device's where the node is a cut.
    let exact: Tensor<Double>
    /// The same with errors; `nil` at a cut.
    let disturbed: Tensor<Double>?
    /// By the oracle since the pixels.
    let ideal: Tensor<Double>?
    /// Where fused kernels may compute the node again: the rounding of that.
    let unit: Double
  }

  /// What is found out about a node that a device returned.
  private struct Finding {
    let node: Network.NodeID
    let exact: Tensor<Double>
    let ideal: Tensor<Double>?
    let tolerance: Tolerance
  }

  /// - Parameters:
  ///   - measuresDrift: Whether the error since the pixels is wanted too.
  ///   - limit: Replaces the derived limits.
  /// - Returns: A row per node returned, in the network's order.
  /// - Throws: `NetworkError`; `CancellationError`.
  func judge(
    _ evidence: Evidence, measuresDrift: Bool = false, limit: Tolerance? = nil
  ) async throws -> [TensorResult] {
    var rows: [TensorResult] = []
    let found = evidence.byNode
    try await walk(evidence, measuresDrift: measuresDrift) { finding in
      guard let (tensor, kernel) = found[finding.node] else { return }
      rows.append(
        TensorResult(
          network.nodes[finding.node].name, expected: finding.exact, found: tensor,
          kernel: kernel, ideal: finding.ideal, tolerance: limit ?? finding.tolerance))
    }
    return rows
  }

  private func walk(
    _ evidence: Evidence, measuresDrift: Bool, report: (Finding) -> Void
  ) async throws {
    guard let last = evidence.nodes.max() else { return }
    let shapes = try network.shapes(forInput: evidence.input.shape, upTo: last)
    let found = evidence.byNode
    var lastReaders = lastReaders(upTo: last, wanted: Set(evidence.nodes))
    let pixels = evidence.input.doubles
    var values: [Network.NodeID: Value] = [
      0: Value(exact: pixels, disturbed: nil, ideal: measuresDrift ? pixels : nil, unit: 0)
    ]
    for id in 1...max(last, 1) where lastReaders[id] != nil {
      try Task.checkCancellation()
      let (value, finding) = try await visit(id, shape: shapes[id], values, found[id]?.tensor)
      values[id] = value
      if let finding { report(finding) }
      for read in Set(network.nodes[id].inputs) where lastReaders[read] == id {
        values[read] = nil
        lastReaders[read] = nil
      }
    }
  }

  /// What the oracle makes of some pixels at a node, and the unit of what rounding may make of it.
  func expectation(
    of node: Network.NodeID, pixels: HostTensor
  ) async throws -> (expected: Tensor<Double>, unit: Double) {
    let shape = try network.shapes(forInput: pixels.shape, upTo: node)[node]
    // Any tensor of the right shape will do as evidence: it is the expectation that is wanted.
    let evidence = Evidence(
      input: pixels, nodes: [node], tensors: [HostTensor(shape: shape, filledWith: 0)],
      kernels: [nil])
    var result = (expected: Tensor(shape: shape, filledWith: 0.0), unit: 0.0)
    try await walk(evidence, measuresDrift: false) {
      let allowed = $0.tolerance.allowed(magnitude: $0.exact.magnitude)
      result = ($0.exact, allowed / $0.tolerance.units)
    }
    return result
  }

  /// The last node that reads each node on the way to the wanted ones; itself for one that nobody
  /// reads; `nil` where it is not needed.
  private func lastReaders(
    upTo last: Network.NodeID, wanted: Set<Network.NodeID>
  ) -> [Network.NodeID?] {
    var readers = [Network.NodeID?](repeating: nil, count: network.nodes.count)
    for id in (0...last).reversed() where wanted.contains(id) || readers[id] != nil {
      if readers[id] == nil { readers[id] = id }
      for input in network.nodes[id].inputs where readers[input] == nil { readers[input] = id }
    }
    return readers
  }

  private func visit(
    _ id: Network.NodeID, shape: TensorShape, _ values: [Network.NodeID: Value],
    _ found: HostTensor?
  ) async throws -> (Value, Finding?) {
    let node = network.nodes[id]
    let operands = node.inputs.compactMap { values[$0] }
    let exact = try await oracle.compute(
      node.operation, on: operands.map(\.exact), outputShape: shape)
    let isDisturbed = operands.contains { $0.disturbed != nil }
    let rounding = try await RoundingModel(oracle: oracle).rounding(
      of: node.operation, inputs: operands.map(\.exact), output: exact,
      operandUnits: operands.map(\.unit),
      isSingle: found != nil && node.inputs.allSatisfy { $0 == 0 })
    var disturbed: Tensor<Double>?
    if isDisturbed {
      disturbed = try await oracle.compute(
        node.operation, on: operands.map { $0.disturbed ?? $0.exact }, outputShape: shape)
    }
    var ideal: Tensor<Double>?
    if operands.allSatisfy({ $0.ideal != nil }) {
      ideal = try await oracle.compute(
        node.operation, on: operands.compactMap(\.ideal), outputShape: shape)
    }
    guard let found else {
      // Smaller values have smaller errors; but the largest are what a limit must leave room for.
      let noisy = (disturbed ?? exact).withNoise(rounding.unit, seed: node.name)
      return (Value(exact: exact, disturbed: noisy, ideal: ideal, unit: 0), nil)
    }
    let finding = Finding(
      node: id, exact: exact, ideal: ideal,
      tolerance: disturbed.map {
        Self.propagated(rounding, exact: exact, disturbed: $0, operands: operands)
      } ?? rounding.tolerance)
    // A tensor of another shape cannot be read on.
    let next = found.shape == shape ? found.doubles : exact
    var unit = 0.0
    if case .groupNorm = node.operation { unit = rounding.unit }
    return (Value(exact: next, disturbed: nil, ideal: ideal, unit: unit), finding)
  }

  /// The last layer's own rounding with what arrives from the layers before it.
  ///
  /// A few values, such as the logits of two classes, are no sample to measure what arrives by: they
  /// may all be nearly right by chance. Then what the last layer reads is measured too.
  private static func propagated(
    _ own: Rounding, exact: Tensor<Double>, disturbed: Tensor<Double>, operands: [Value]
  ) -> Tolerance {
    var arriving = exact.rootMeanSquareDifference(from: disturbed)
    if exact.elements.count < smallestSample {
      for operand in operands {
        guard let read = operand.disturbed, operand.exact.rootMeanSquare > 0 else { continue }
        let relative =
          operand.exact.rootMeanSquareDifference(from: read) / operand.exact.rootMeanSquare
        arriving = max(arriving, relative * exact.rootMeanSquare)
      }
    }
    let unit = (own.unit * own.unit + arriving * arriving).squareRoot()
    return Tolerance(
      name: "propagated rounding", relative: 0, absolute: Rounding.allowedUnits * unit,
      units: Rounding.allowedUnits)
  }

  private static let smallestSample = 16
}

extension HostTensor {
  var doubles: Tensor<Double> {
    Tensor<Double>(shape: shape, elements: elements.map(Double.init))
  }
}

extension Tensor<Double> {
  fileprivate func rootMeanSquareDifference(from other: Tensor<Double>) -> Double {
    var difference = self
    for index in difference.elements.indices {
      difference.elements[index] -= other.elements[index]
    }
    return difference.rootMeanSquare
  }

  /// With a random error in each element, of this standard deviation.
  fileprivate func withNoise(_ deviation: Double, seed: String) -> Tensor<Double> {
    guard deviation > 0 else { return self }
    let noise = HostTensor(shape: shape, uniform: "rounding of \(seed)")
    // A uniform distribution over ±√3 has a standard deviation of 1.
    let scale = deviation * 3.0.squareRoot()
    var result = self
    for index in result.elements.indices {
      result.elements[index] += scale * Double(noise.elements[index])
    }
    return result
  }
}
