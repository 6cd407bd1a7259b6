import BigTransfer

/// What was measured of one size and batch.
struct Measurement {
  /// The very first run, in which drivers may still compile and allocate.
  let first: Duration
  /// Runs before those that count: where time was up, fewer than were asked for, but one.
  let warmup: Int
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

  /// One request after the other.
  /// - Throws: As `PreparedModel.run(_:returning:)`.
  func latency(
    of input: HostTensor, on prepared: PreparedModel, returning node: Network.NodeID
  ) async throws -> Measurement {
    try await runs { _ = try await prepared.run(input, returning: [node]) }
  }

  /// An endless stream of images, in batches, through what `classify` labels a folder with.
  /// - Parameter images: At least one; they are given again and again.
  /// - Throws: As `PreparedModel.run(_:returning:)`; what is wrong with an image.
  func throughput(
    of images: [ImageRequest], batch: Int, on classifier: ImageClassifier
  ) async throws -> Measurement {
    let start = Self.clock.now
    var repetitions = Repetitions(rule, since: start)
    var first: Duration?
    var last = start
    var warmed = 0
    // Until as many are under way as there can be.
    let settling = max(warmup, Classifications.batchesInFlight)
    let stream = classifier.classifications(
      ofEach: EndlessImages(images: images), batchSize: batch, topK: 1, threshold: nil)
    for await classification in stream {
      _ = try classification.result.get()
      guard (classification.position + 1).isMultiple(of: batch) else { continue }
      let now = Self.clock.now
      let time = last.duration(to: now)
      last = now
      first = first ?? time
      guard warmed == settling || warmed > 0 && repetitions.isTimeUp else {
        warmed += 1
        continue
      }
      if let reason = repetitions.add(time) {
        return Measurement(
          first: first ?? time, warmup: warmed, times: repetitions.times, reason: reason,
          inFlight: Classifications.batchesInFlight)
      }
    }
    // The stream ends by itself only where its task was cancelled.
    throw CancellationError()
  }

  /// Reading, decoding and preparing batches of images, one batch after the other.
  /// - Parameter images: At least one; they are given again and again.
  /// - Throws: What is wrong with an image.
  func preparation(
    of images: [ImageRequest], batch: Int, by preprocessor: ImagePreprocessor
  ) async throws -> Measurement {
    var place = 0
    return try await runs {
      let next = (0..<batch).map { images[(place + $0) % images.count] }
      place = (place + batch) % images.count
      for tensor in await preprocessor.prepare(next, finish: { $0 }) { _ = try tensor.get() }
    }
  }

  /// One run after the other, each timed by itself.
  private func runs(_ run: () async throws -> Void) async throws -> Measurement {
    let start = Self.clock.now
    var repetitions = Repetitions(rule, since: start)
    var first: Duration?
    var warmed = 0
    while true {
      try Task.checkCancellation()
      let begin = Self.clock.now
      try await run()
      let time = begin.duration(to: Self.clock.now)
      first = first ?? time
      guard warmed == warmup || warmed > 0 && repetitions.isTimeUp else {
        warmed += 1
        continue
      }
      if let reason = repetitions.add(time) {
        return Measurement(
          first: first ?? time, warmup: warmed, times: repetitions.times, reason: reason,
          inFlight: 1)
      }
    }
  }
}

/// The same images again and again.
private struct EndlessImages: AsyncSequence, Sendable {
  typealias Element = ImageRequest
  typealias Failure = Never

  let images: [ImageRequest]

  struct Iterator: AsyncIteratorProtocol {
    let images: [ImageRequest]
    var place = 0

    mutating func next() async -> ImageRequest? {
      defer { place = (place + 1) % images.count }
      return images[place]
    }
  }

  func makeAsyncIterator() -> Iterator { Iterator(images: images) }
}
