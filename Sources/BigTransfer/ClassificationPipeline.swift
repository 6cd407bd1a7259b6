import BiTModel
import ImageInput

/// Two tasks and what passes between them: one reads and prepares images, one computes.
final class ClassificationPipeline: Sendable {
  /// A batch whose images are tensors, or failed on the way.
  private struct PreparedBatch: Sendable {
    let start: Int
    let names: [String]
    let tensors: [Result<HostTensor, any Error>]
  }

  /// One that is read and prepared, one that waits for the device, and one that the device has.
  static let batchesInFlight = 3

  // One batch waits for the device while the device has another, and one waits to be printed.
  private let prepared = Handoff<PreparedBatch>(capacity: 1)
  private let finished = Handoff<[Classification]>(capacity: 1)
  private let tasks: [Task<Void, Never>]

  init<Requests: AsyncSequence & Sendable>(
    _ classifier: ImageClassifier, requests: Requests, batchSize: Int, topK: Int,
    threshold: Double?
  ) where Requests.Element == ImageRequest, Requests.Failure == Never {
    // The tasks hold the queues but not the pipeline, whose end is theirs too.
    let preparing = Task { [prepared] in
      await Self.prepare(
        requests, batchSize: batchSize, preprocessor: classifier.preprocessor, for: prepared)
    }
    let computing = Task { [prepared, finished] in
      await Self.compute(
        prepared, classifier, topK: topK, threshold: threshold, for: finished)
    }
    tasks = [preparing, computing]
  }

  deinit { cancel() }

  /// The next batch's results; `nil` after the last one, and when the calling task is cancelled.
  func next() async -> [Classification]? {
    await withTaskCancellationHandler {
      await finished.next()
    } onCancel: {
      cancel()
    }
  }

  private func cancel() {
    for task in tasks { task.cancel() }
    prepared.cancel()
    finished.cancel()
  }

  private static func prepare<Requests: AsyncSequence>(
    _ requests: Requests, batchSize: Int, preprocessor: ImagePreprocessor,
    for prepared: Handoff<PreparedBatch>
  ) async where Requests.Element == ImageRequest, Requests.Failure == Never {
    var start = 0
    var batch: [ImageRequest] = []
    func send() async -> Bool {
      let tensors = await preprocessor.prepare(batch) { $0 }
      let isWanted = await prepared.send(
        PreparedBatch(start: start, names: batch.map(\.name), tensors: tensors))
      start += batch.count
      batch = []
      return isWanted && !Task.isCancelled
    }
    for await request in requests {
      batch.append(request)
      guard batch.count == batchSize else { continue }
      guard await send() else { return }
    }
    if !batch.isEmpty { _ = await send() }
    prepared.finish()
  }

  private typealias Window = VerificationWindow<PreparedBatch>

  private static func compute(
    _ prepared: Handoff<PreparedBatch>, _ classifier: ImageClassifier, topK: Int,
    threshold: Double?, for finished: Handoff<[Classification]>
  ) async {
    let evaluation = classifier.evaluation
    var window: Window?
    if let evaluation, let interval = classifier.prepared.policy.verificationInterval {
      window = Window(evaluation, interval: interval)
    }
    defer { window?.cancel() }
    func send(_ batches: [Window.Batch]) async -> Bool {
      for batch in batches {
        let classifications = classifier.classifications(
          batch.payload.names, batch.outputs, start: batch.payload.start, topK: topK,
          threshold: threshold)
        guard !Task.isCancelled, await finished.send(classifications) else { return false }
      }
      return true
    }
    while let next = await prepared.next() {
      let outputs: [Result<BatchEvaluation.Output, any Error>] =
        await evaluation?.evaluate(next.tensors)
        ?? next.tensors.map { _ in
          .failure(ClassifierError.noClassifier(model: classifier.model.name))
        }
      if Task.isCancelled { return }
      let batch = Window.Batch(payload: next, images: next.tensors, outputs: outputs)
      let confirmed = await window?.add(batch) ?? [batch]
      guard await send(confirmed) else { return }
    }
    let rest = await window?.finish() ?? []
    guard await send(rest) else { return }
    finished.finish()
  }
}

extension ImageClassifier {
  /// Runs images through the classifier; `nil` where there is none.
  fileprivate var evaluation: BatchEvaluation? {
    (try? classifierNode).map { BatchEvaluation(prepared, node: $0) }
  }

  fileprivate func classifications(
    _ names: [String], _ outputs: [Result<BatchEvaluation.Output, any Error>], start: Int,
    topK: Int, threshold: Double?
  ) -> [Classification] {
    zip(names, outputs).enumerated().map { place, entry in
      Classification(
        position: start + place, name: entry.0,
        result: entry.1.map {
          predictions(from: $0.values, topK: topK, threshold: threshold)
        })
    }
  }
}
