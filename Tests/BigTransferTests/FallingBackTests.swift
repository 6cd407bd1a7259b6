import BigTransfer
import Testing

@Suite("falling back")
struct FallingBackTests {
  /// Ten digits, three at a time; their labels, and what was logged.
  private struct Outcome {
    let labels: [String]
    let failures: [any Error]
    let positions: [Int]
    let device: String
    let lines: [String]

    /// Each image has its own label, in its place.
    var isComplete: Bool {
      labels == (0..<10).map { "digit \($0)" } && positions == Array(0..<10)
    }
  }

  private static func classify(
    _ lineup: BackendLineup, policy: DevicePolicy = DevicePolicy(), batchSize: Int = 3,
    referee: BackendCandidate = .cpu(reason: "")
  ) async throws -> Outcome {
    let lines = Lines()
    let prepared = try await PreparedModel(
      try ModelSource.demo.open(), lineup: lineup, policy: policy, referee: referee,
      logger: lines.logger)
    let classifier = try ImageClassifier(prepared)
    var (labels, failures, positions): ([String], [any Error], [Int]) = ([], [], [])
    let images = (0..<10).map { Samples.url($0) }
    for await image in classifier.classifications(of: images, batchSize: batchSize) {
      positions.append(image.position)
      switch image.result {
      case .success(let predictions): labels.append(predictions[0].label)
      case .failure(let error): failures.append(error)
      }
    }
    return Outcome(
      labels: labels, failures: failures, positions: positions,
      device: await prepared.deviceName, lines: lines.all)
  }

  private static func classify(
    _ first: FakeDevice, policy: DevicePolicy = DevicePolicy(), batchSize: Int = 3
  ) async throws -> Outcome {
    try await classify(
      BackendLineup([first.candidate, FakeDevice("second").candidate]), policy: policy,
      batchSize: batchSize)
  }

  private static var strict: DevicePolicy {
    var policy = DevicePolicy()
    policy.isStrict = true
    return policy
  }

  @Test("a device that cannot be prepared is passed over, and one line says so")
  func preparing() async throws {
    let outcome = try await Self.classify(FakeDevice(failsPreparing: FakeFailure()))
    #expect(outcome.isComplete)
    #expect(outcome.device == "second")
    #expect(outcome.lines.count == 1)
    #expect(outcome.lines[0].hasPrefix("first failed: "))
    #expect(outcome.lines[0].hasSuffix("second takes over"))
  }

  @Test("devices that fail one after the other are one line")
  func severalFail() async throws {
    let broken = ["first", "second"].map {
      FakeDevice($0, failsPreparing: FakeFailure()).candidate
    }
    let outcome = try await Self.classify(
      BackendLineup(broken + [FakeDevice("third").candidate]))
    #expect(outcome.isComplete)
    #expect(outcome.lines.count == 1)
  }

  @Test("a device that is missing is replaced by the next, and one line says so")
  func missing() async throws {
    let absence = ClassifierError.noSuchDevice(word: "x", available: ["second"], hint: nil)
    let outcome = try await Self.classify(
      BackendLineup([FakeDevice("second").candidate], absence: absence))
    #expect(outcome.isComplete)
    #expect(outcome.lines == ["\(absence); second takes over"])
  }

  @Test("a run that fails once is tried again on the same device, and nobody is bothered")
  func retry() async throws {
    let outcome = try await Self.classify(
      FakeDevice { run, _, _ in if run == 1 { throw FakeFailure() } })
    #expect(outcome.isComplete)
    #expect(outcome.device == "first")
    #expect(outcome.lines.isEmpty)
  }

  @Test("a device that fails twice loses its work to the next", arguments: 0..<4)
  func movingOn(firstBadRun: Int) async throws {
    let outcome = try await Self.classify(
      FakeDevice { run, _, _ in if run >= firstBadRun { throw FakeFailure() } })
    #expect(outcome.isComplete)
    #expect(outcome.device == "second")
    #expect(outcome.lines.count == 1)
  }

  @Test("a device that is lost is not tried again")
  func lost() async throws {
    let device = FakeDevice { run, _, _ in
      if run == 2 { throw FakeFailure(remedy: .anotherDevice) }
    }
    let outcome = try await Self.classify(device)
    #expect(outcome.isComplete)
    #expect(device.batches.count == 3)
    #expect(outcome.lines.count == 1)
  }

  @Test("where memory is short for a batch, smaller ones are run on the same device")
  func smallerBatches() async throws {
    let device = FakeDevice { _, input, _ in
      if input.shape.batch > 2 { throw FakeFailure(remedy: .smallerBatch) }
    }
    let outcome = try await Self.classify(device, batchSize: 7)
    #expect(outcome.isComplete)
    #expect(outcome.device == "first")
    // What is too much is found out once.
    #expect(device.batches == [7, 4, 2, 2, 2, 1, 2, 1])
    #expect(outcome.lines.count == 1)
  }

  @Test("where memory is short for one image, the next device takes over")
  func noMemory() async throws {
    let device = FakeDevice { _, _, _ in throw FakeFailure(remedy: .smallerBatch) }
    let outcome = try await Self.classify(device)
    #expect(outcome.isComplete)
    #expect(outcome.device == "second")
  }

  @Test("results that only the device finds not finite are the device's fault")
  func notFinite() async throws {
    let device = FakeDevice { run, _, outputs in
      if run == 1 { outputs[0].elements[4] = .nan }
    }
    let outcome = try await Self.classify(device)
    #expect(outcome.isComplete)
    #expect(outcome.device == "second")
    #expect(outcome.lines.count == 1)
    #expect(outcome.lines[0].contains("not finite"))
  }

  @Test("results that are not finite on the referee either are the model's own")
  func overflow() async throws {
    let overflowing: FakeDevice.Fault = { _, _, outputs in outputs[0].elements[0] = .infinity }
    let outcome = try await Self.classify(
      BackendLineup([FakeDevice(fault: overflowing).candidate]),
      referee: FakeDevice("referee", fault: overflowing).candidate)
    #expect(outcome.device == "first")
    #expect(outcome.lines.isEmpty)
    // The first image of each batch.
    #expect(outcome.failures.count == 4)
    #expect(outcome.failures.allSatisfy { $0 as? ClassifierError == .notFinite(device: "first") })
  }

  @Test("where no device is left, the error names the failures, and other images go on")
  func nothingLeft() async throws {
    let once = FakeDevice { run, _, _ in if run < 2 { throw FakeFailure() } }
    let outcome = try await Self.classify(BackendLineup([once.candidate]))
    #expect(outcome.failures.count == 3)
    #expect(outcome.labels == (3..<10).map { "digit \($0)" })
    await #expect(throws: ClassifierError.self) {
      try await Self.classify(
        BackendLineup([FakeDevice(failsPreparing: FakeFailure()).candidate]))
    }
  }

  @Test("a strict run ends with its device, and leaves it alone from then on")
  func strictRuns() async throws {
    await #expect(throws: ClassifierError.self) {
      try await Self.classify(FakeDevice(failsPreparing: FakeFailure()), policy: Self.strict)
    }
    let device = FakeDevice { run, _, _ in
      if run >= 1 { throw FakeFailure(remedy: .anotherDevice) }
    }
    let outcome = try await Self.classify(device, policy: Self.strict)
    #expect(outcome.labels == ["digit 0", "digit 1", "digit 2"])
    #expect(outcome.positions == Array(0..<10))
    #expect(outcome.failures.count == 7)
    #expect(outcome.failures.allSatisfy { FailureKind($0) == .deviceUnavailable })
    #expect(device.batches.count == 2)
  }

  @Test("many callers that meet the same failure move on together")
  func concurrentCallers() async throws {
    let lines = Lines()
    let second = FakeDevice("second")
    let first = FakeDevice { _, _, _ in throw FakeFailure(remedy: .anotherDevice) }
    let prepared = try await PreparedModel(
      try ModelSource.demo.open(), lineup: BackendLineup([first.candidate, second.candidate]),
      logger: lines.logger)
    let classifier = try ImageClassifier(prepared)
    let labels = try await withThrowingTaskGroup(of: (Int, String).self) { group in
      for digit in 0..<10 {
        group.addTask {
          (digit, try await classifier.classify(Samples.image(digit))[0].label)
        }
      }
      return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
    }
    #expect(labels == Dictionary(uniqueKeysWithValues: (0..<10).map { ($0, "digit \($0)") }))
    #expect(second.preparations == 1)
    #expect(lines.all.count == 1)
  }

  @Test("weights that are wrong are not the device's fault")
  func wrongWeights() async throws {
    let model = try ModelSource.demo.open()
    let empty = Model(
      name: "empty", configuration: model.configuration, network: model.network,
      weights: InMemoryWeights([:]))
    let lineup = BackendLineup([FakeDevice().candidate, FakeDevice("second").candidate])
    await #expect(throws: CheckpointError.self) {
      try await PreparedModel(empty, lineup: lineup)
    }
  }

  // MARK: Verification

  private static func verifying(every interval: Int, strictly: Bool = false) -> DevicePolicy {
    var policy = DevicePolicy()
    policy.verificationInterval = interval
    policy.isStrict = strictly
    return policy
  }

  /// Makes every label wrong.
  private static func corrupt(_ outputs: inout [HostTensor]) {
    outputs[0].elements = outputs[0].elements.map { 3 - $0 }
  }

  @Test("a sound device is verified and kept", arguments: [1, 2, 3, 100])
  func soundDevice(interval: Int) async throws {
    let referee = FakeDevice("referee")
    let outcome = try await Self.classify(
      BackendLineup([FakeDevice().candidate]), policy: Self.verifying(every: interval),
      batchSize: 2, referee: referee.candidate)
    #expect(outcome.isComplete)
    #expect(outcome.lines.isEmpty)
    // Five batches; the last of every `interval`, and of what is left.
    #expect(referee.batches.count == (5 + interval - 1) / interval * 2)
  }

  @Test(
    "from the last confirmed batch on, a device's wrong results are computed elsewhere",
    arguments: [1, 2, 3, 100], 0..<5)
  func wrongDevice(interval: Int, firstBadRun: Int) async throws {
    let device = FakeDevice { run, _, outputs in
      if run >= firstBadRun { Self.corrupt(&outputs) }
    }
    let outcome = try await Self.classify(
      device, policy: Self.verifying(every: interval), batchSize: 2)
    #expect(outcome.isComplete)
    #expect(outcome.device == "second")
    #expect(outcome.lines.count == 1)
    #expect(outcome.lines.first?.contains("off by") == true)
  }

  @Test("a strict run gives confirmed results and fails for the others")
  func strictVerification() async throws {
    let device = FakeDevice { run, _, outputs in if run >= 2 { Self.corrupt(&outputs) } }
    let outcome = try await Self.classify(
      device, policy: Self.verifying(every: 1, strictly: true), batchSize: 2)
    #expect(outcome.labels == (0..<4).map { "digit \($0)" })
    #expect(outcome.failures.count == 6)
    #expect(outcome.failures.allSatisfy { FailureKind($0) == .deviceUnavailable })
  }

  @Test("single calls are verified too")
  func singleCalls() async throws {
    let prepared = try await PreparedModel(
      try ModelSource.demo.open(),
      lineup: BackendLineup([
        FakeDevice { _, _, outputs in Self.corrupt(&outputs) }.candidate,
        FakeDevice("second").candidate,
      ]), policy: Self.verifying(every: 1), logger: Lines().logger)
    let classifier = try ImageClassifier(prepared)
    #expect(try await classifier.classify(Samples.image(7))[0].label == "digit 7")
    #expect(await prepared.deviceName == "second")
  }
}
