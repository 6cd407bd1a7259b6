import BiTModel

/// Whether the same images give the same bits: again, alone and in a batch, at another place of the
/// batch, after other images, and from a network that was prepared anew.
struct RepeatabilityCheck: Sendable {
  let session: NetworkSession
  let network: NetworkCase
  let input: HostTensor
  let repeats: Int

  /// Preparing a large model once more takes longer than it is worth.
  private static let largestFreshNetwork = 4 << 20

  func run() async throws -> PlannedCheck.Outcome {
    let runner = try await session.runner()
    let batch = input.shape.batch > 1 ? input : HostTensor(stacking: [input, input.shifted])
    let count = batch.shape.batch
    let first = try await results(of: batch, from: runner)
    var rows: [TensorResult] = []
    for run in 2...max(repeats, 2) {
      // Other values in the device's scratch memory must not matter.
      _ = try await results(of: batch.shifted, from: runner)
      rows += compare("run \(run)", first, try await results(of: batch, from: runner))
    }
    for image in 0..<count {
      let alone = try await results(of: batch.images(image..<image + 1), from: runner)
      rows += compare("image \(image) alone", first.map { $0.images(image..<image + 1) }, alone)
    }
    let turned = try await results(of: batch.reversedImages, from: runner)
    rows += compare("batch in reverse", first.map(\.reversedImages), turned)
    if network.network.parameters.reduce(0, { $0 + $1.count }) <= Self.largestFreshNetwork {
      let fresh = try await results(of: batch, from: try await session.freshRunner())
      rows += compare("prepared anew", first, fresh)
    }
    var fault: CheckResult.Fault?
    if let wrong = rows.first(where: { !$0.passed }) {
      fault = try await firstUnsteadyLayer(runner, batch) ?? unsteadyResult(wrong)
    }
    return PlannedCheck.Outcome(tensors: rows, fault: fault)
  }

  private func results(
    of batch: HostTensor, from runner: any NetworkRunner
  ) async throws -> [HostTensor] {
    try await Evidence(of: network.results, from: runner, input: batch).tensors
  }

  private func compare(
    _ what: String, _ expected: [HostTensor], _ found: [HostTensor]
  ) -> [TensorResult] {
    zip(network.results, zip(expected, found)).map { node, pair in
      TensorResult(
        "\(network.network.nodes[node].name), \(what)", bits: pair.0, again: pair.1, kernel: nil)
    }
  }

  private func unsteadyResult(_ row: TensorResult) -> CheckResult.Fault {
    CheckResult.Fault(
      layer: row.name, after: nil, kernel: nil,
      summary: "\(row.name): other bits than in the first run of the whole batch")
  }

  /// Looks for the first layer that does not repeat while every layer is kept.
  private func firstUnsteadyLayer(
    _ runner: any NetworkRunner, _ batch: HostTensor
  ) async throws -> CheckResult.Fault? {
    let nodes = Array(network.network.nodes.indices.dropFirst())
    let first = try await Evidence(of: nodes, from: runner, input: batch)
    for run in 0..<max(repeats, 2) {
      let alone = run == 0
      let again = try await Evidence(
        of: nodes, from: runner, input: alone ? batch.images(0..<1) : batch)
      for (index, node) in nodes.enumerated() {
        let expected = alone ? first.tensors[index].images(0..<1) : first.tensors[index]
        let row = TensorResult(
          network.network.nodes[node].name, bits: expected, again: again.tensors[index],
          kernel: first.kernels[index])
        if !row.passed {
          let when = alone ? "differs between an image alone and in a batch" : "does not repeat"
          return CheckResult.Fault(
            layer: row.name, after: nil, kernel: row.kernel,
            summary: "\(row.name) \(when)" + (row.kernel.map { " (\($0))" } ?? ""))
        }
      }
    }
    return nil
  }
}

extension HostTensor {
  /// The images in reverse order.
  var reversedImages: HostTensor {
    let size = shape.imageCount
    var reversed: [Float] = []
    reversed.reserveCapacity(shape.count)
    for image in (0..<shape.batch).reversed() {
      reversed += elements[(image * size)..<((image + 1) * size)]
    }
    return HostTensor(shape: shape, elements: reversed)
  }

  /// Other pixels of the same kind.
  var shifted: HostTensor {
    HostTensor(shape: shape, elements: elements.map { 1.5 - 2 * $0 })
  }
}
