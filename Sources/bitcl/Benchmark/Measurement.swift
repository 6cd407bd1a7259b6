import BigTransfer

/// What was measured of one size and batch.
struct Measurement {
  /// The very first run, in which drivers may still compile and allocate.
  let first: Duration
  /// Each of the runs that count; of a stream, the time from one batch's end to the next one's.
  let times: [Duration]
  let reason: StoppingRule.Reason
  /// Batches that are under way at the same time, at most.
  let inFlight: Int
}

/// Times runs of one input. A warm-up goes before, which does not count.
struct Stopwatch {
  let warmup: Int
  let rule: StoppingRule

  private static let clock = ContinuousClock()

  /// One run after the other, each timed by itself.
  /// - Throws: As `PreparedModel.run(_:returning:)`.
  func latency(
    of input: HostTensor, on prepared: PreparedModel, returning node: Network.NodeID
  ) async throws -> Measurement {
    let start = Self.clock.now
    var repetitions = Repetitions(rule, since: start)
    var first: Duration?
    var warmed = 0
    while true {
      try Task.checkCancellation()
      let time = try await Self.clock.measure {
        _ = try await prepared.run(input, returning: [node])
      }
      first = first ?? time
      guard warmed == warmup else {
        warmed += 1
        continue
      }
      if let reason = repetitions.add(time) {
        return Measurement(
          first: first ?? time, times: repetitions.times, reason: reason, inFlight: 1)
      }
    }
  }

  /// An endless stream of one image, in batches, through what `classify` labels a folder with.
  /// - Parameter image: [1, H, W, C].
  /// - Throws: As `PreparedModel.run(_:returning:)`.
  func throughput(
    of image: HostTensor, batch: Int, on classifier: ImageClassifier
  ) async throws -> Measurement {
    let start = Self.clock.now
    var repetitions = Repetitions(rule, since: start)
    var first: Duration?
    var last = start
    // Until as many are under way as there can be.
    var settling = max(warmup, Classifications.batchesInFlight)
    let stream = classifier.classifications(
      ofEach: EndlessImages(image: image), batchSize: batch, topK: 1, threshold: nil)
    for await classification in stream {
      _ = try classification.result.get()
      guard (classification.position + 1).isMultiple(of: batch) else { continue }
      let now = Self.clock.now
      let time = last.duration(to: now)
      last = now
      first = first ?? time
      guard settling == 0 else {
        settling -= 1
        continue
      }
      if let reason = repetitions.add(time) {
        return Measurement(
          first: first ?? time, times: repetitions.times, reason: reason,
          inFlight: Classifications.batchesInFlight)
      }
    }
    // The stream ends by itself only where its task was cancelled.
    throw CancellationError()
  }
}

/// The same preprocessed image for ever.
private struct EndlessImages: AsyncSequence, Sendable {
  typealias Element = ImageRequest
  typealias Failure = Never

  let image: HostTensor

  struct Iterator: AsyncIteratorProtocol {
    let request: ImageRequest

    mutating func next() async -> ImageRequest? { request }
  }

  func makeAsyncIterator() -> Iterator {
    Iterator(request: ImageRequest(name: "noise", source: .success(.tensor(image))))
  }
}
