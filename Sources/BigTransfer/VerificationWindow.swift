import BiTModel

/// Holds the results of some batches back until the last of them was computed a second time by the
/// referee, which happens beside the next batches' computing.
///
/// Where the referee finds a device wrong, all that is held is computed again elsewhere, so that no
/// result is given that the device computed after the last batch that was confirmed.
struct VerificationWindow<Payload: Sendable>: Sendable {
  struct Batch: Sendable {
    let payload: Payload
    let images: [Result<HostTensor, any Error>]
    var outputs: [Result<BatchEvaluation.Output, any Error>]

    fileprivate var elementCount: Int {
      images.reduce(0) { $0 + ((try? $1.get().shape.count) ?? 0) }
    }
  }

  private let evaluation: BatchEvaluation
  private let interval: Int
  /// Elements of the images held for one verification: 64 MB. More are verified before their turn.
  private static var elementLimit: Int { 1 << 24 }

  private var open: [Batch] = []
  private var closed: (batches: [Batch], verdict: Task<BatchEvaluation.Verdict?, Never>)?

  /// - Parameter interval: Every how many batches one is verified, at least.
  init(_ evaluation: BatchEvaluation, interval: Int) {
    self.evaluation = evaluation
    self.interval = max(1, interval)
  }

  /// Takes a batch, and gives those that are confirmed, in the order they came.
  mutating func add(_ batch: Batch) async -> [Batch] {
    open.append(batch)
    let elements = open.reduce(0) { $0 + $1.elementCount }
    guard open.count >= interval || elements >= Self.elementLimit else { return [] }
    let confirmed = await settle()
    close()
    return confirmed
  }

  /// Gives what is left.
  mutating func finish() async -> [Batch] {
    var confirmed = await settle()
    close()
    confirmed += await settle()
    return confirmed
  }

  /// Ends the work in the background.
  func cancel() { closed?.verdict.cancel() }

  private mutating func close() {
    guard let last = open.last else { return }
    let verdict = Task { [evaluation] in await evaluation.verify(last.outputs, of: last.images) }
    closed = (open, verdict)
    open = []
  }

  private mutating func settle() async -> [Batch] {
    guard let closed else { return [] }
    self.closed = nil
    var batches = closed.batches
    let task = closed.verdict
    var verdict = await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
    while true {
      if let verdict {
        do {
          try await evaluation.prepared.distrust(verdict.candidate, because: verdict.disagreement)
        } catch {
          for index in batches.indices { batches[index].fail(verdict.candidate, error) }
          return batches
        }
      }
      guard await recompute(&batches), let last = batches.last else { return batches }
      verdict = await evaluation.verify(last.outputs, of: last.images)
    }
  }

  /// Computes again what a device computed that was given up since.
  /// - Returns: Whether there was any.
  private func recompute(_ batches: inout [Batch]) async -> Bool {
    var isChanged = false
    for index in batches.indices {
      for output in batches[index].outputs {
        guard case .success(let output) = output,
          await evaluation.prepared.isGivenUp(output.candidate)
        else { continue }
        batches[index].outputs = await evaluation.evaluate(batches[index].images)
        isChanged = true
        break
      }
    }
    return isChanged && !Task.isCancelled
  }
}

extension VerificationWindow.Batch {
  fileprivate mutating func fail(_ candidate: Int, _ error: any Error) {
    outputs = outputs.map { output in
      guard case .success(let value) = output, value.candidate == candidate else { return output }
      return .failure(error)
    }
  }
}
