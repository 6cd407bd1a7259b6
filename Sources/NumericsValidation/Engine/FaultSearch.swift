import BiTModel

/// Finds where a fused plan goes wrong, by keeping one more layer's output at a time.
///
/// What is kept is written by the device and so cuts the stretch in which the fault can be. Keeping
/// a layer may also undo the very fusion that is at fault: then all is right, and another layer is
/// tried. What remains is the narrowest stretch that goes wrong while it is fused.
struct FaultSearch {
  let judge: CutJudge
  let runner: any NetworkRunner
  let input: HostTensor
  let network: NetworkCase

  /// Runs that a search may take.
  private static let runLimit = 40

  /// - Parameter wrong: The first result that is wrong when only the results are kept.
  func narrow(_ wrong: TensorResult) async throws -> CheckResult.Fault {
    var kept = Set(network.results)
    var excluded = Set<Network.NodeID>()
    var row = wrong
    guard var last = node(named: wrong.name) else { return CheckResult.Fault(wrong: wrong) }
    for _ in 0..<Self.runLimit {
      let candidates = stretch(before: last, kept: kept).subtracting(excluded)
      guard let middle = middle(of: candidates) else { break }
      let rows = try await run(keeping: kept.union([middle]))
      if let here = rows[middle], !here.passed {
        (last, row) = (middle, here)
        kept.insert(middle)
      } else if let there = rows[last], !there.passed {
        row = there
        kept.insert(middle)
      } else {
        excluded.insert(middle)
      }
    }
    return fault(row, last: last, kept: kept)
  }

  private func run(keeping kept: Set<Network.NodeID>) async throws -> [Network.NodeID: TensorResult]
  {
    let nodes = kept.sorted()
    let rows = try await judge.judge(try await Evidence(of: nodes, from: runner, input: input))
    return Dictionary(zip(nodes, rows)) { first, _ in first }
  }

  /// The layers between a node and the nearest kept ones before it.
  private func stretch(
    before node: Network.NodeID, kept: Set<Network.NodeID>
  ) -> Set<Network.NodeID> {
    var found = Set<Network.NodeID>()
    var open = network.network.nodes[node].inputs
    while let next = open.popLast() {
      guard next != 0, !kept.contains(next), found.insert(next).inserted else { continue }
      open += network.network.nodes[next].inputs
    }
    return found
  }

  /// Ends of stages are tried first, then ends of blocks, then the rest; of these the middle one.
  private func middle(of candidates: Set<Network.NodeID>) -> Network.NodeID? {
    let sums = candidates.filter {
      if case .add = network.network.nodes[$0].operation { true } else { false }
    }
    let choices = [candidates.intersection(network.network.hiddenStates), sums, candidates]
    guard let choice = choices.first(where: { !$0.isEmpty })?.sorted() else { return nil }
    return choice[choice.count / 2]
  }

  private func node(named name: String) -> Network.NodeID? {
    network.network.nodes.firstIndex { $0.name == name }
  }

  private func fault(
    _ row: TensorResult, last: Network.NodeID, kept: Set<Network.NodeID>
  ) -> CheckResult.Fault {
    let fused = stretch(before: last, kept: kept)
    guard !fused.isEmpty else { return CheckResult.Fault(wrong: row) }
    let names = network.network.nodes
    let before = Set(fused.union([last]).flatMap { names[$0].inputs })
      .intersection(kept.union([0])).subtracting([last])
    let after = before.max().map { names[$0].name }
    let stretch = fused.sorted().map { names[$0].name }.joined(separator: ", ")
    return CheckResult.Fault(
      layer: row.name, after: after, kernel: row.kernel,
      summary: "\(row.name) is wrong where it is fused with \(stretch)"
        + (after.map { "; all is right up to \($0)" } ?? "")
        + (row.kernel.map { " (\($0))" } ?? ""))
  }
}
