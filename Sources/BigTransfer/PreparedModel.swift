import BiTModel
import Logging
import OpenCLBackend
import OpenCLRuntime

/// A model on a device, its weights resident: tensors in, tensors out.
///
/// `ImageClassifier` adds images and labels to it.
public actor PreparedModel {
  public nonisolated let model: Model
  public nonisolated let policy: DevicePolicy
  /// How long reading and preparing took.
  public nonisolated let preparation: Preparation

  private let logger: Logger
  private let candidates: [BackendCandidate]
  private let expectedInput: TensorShape?
  private nonisolated let referee: Referee
  private var current: Int
  private var prepared: Prepared
  /// Moving to the next device, while that is under way.
  private var succession: Task<Void, any Error>?
  /// Set where no device may take over any more.
  private var end: ClassifierError?
  /// Elements of the largest input that the device's memory allowed, once it did not allow one.
  private var inputLimit: Int?
  private var callsSinceVerification = 0
  /// The devices that were passed over or given up, and why.
  public private(set) var setbacks: [String]

  public struct Preparation: Sendable {
    /// Reading weights, folding and packing them, and on a device building programs and uploading.
    public let duration: Duration
    /// The part of it that a device's driver took for building programs, or finding them in its
    /// cache; `nil` for the built-in backends.
    public let building: Duration?
    /// The part of it that a device's weights took: reading, packing and uploading them.
    public let uploading: Duration?
  }

  /// The backend that runs the model now.
  public var deviceName: String { candidates[current].name }

  /// The OpenCL device that runs the model now; `nil` for the built-in backends.
  public var device: Device? { candidates[current].device }

  /// Which device runs the model now and why it was chosen, in one line.
  public var deviceExplanation: String {
    "\(candidates[current].name) (\(candidates[current].reason))"
  }

  /// Which kernels the OpenCL device runs, such as `vector8`; `nil` for the built-in backends.
  public var kernels: String? { prepared.choice?.kernels }

  /// Prepares a model on the first device of a selection that can run it.
  /// - Parameters:
  ///   - input: The shape that will be run first; without it, one image of the model's own size. A
  ///     device that has not memory enough for it is passed over.
  ///   - logger: Is told of devices that fail.
  /// - Throws: `CheckpointError` for weights that are missing, damaged or not finite;
  ///   `ClassifierError` if no device works, or where `policy` is strict if the one that was asked
  ///   for is missing or does not; `CancellationError`.
  public init(
    _ model: Model, device selection: DeviceSelection = .automatic,
    policy: DevicePolicy = DevicePolicy(), expecting input: TensorShape? = nil,
    logger: Logger = Logger(label: "BigTransfer")
  ) async throws {
    let judge =
      policy.runsSelfCheck ? SelfCheckJudge(try SelfCheck(for: model.configuration)) : nil
    // Drivers are asked, which may take its time.
    let lineup = try await BlockingWork.run {
      try policy.isStrict
        ? BackendLineup.strict(selection, judge: judge)
        : BackendLineup.complete(selection, judge: judge)
    }
    try await self.init(model, lineup: lineup, policy: policy, expecting: input, logger: logger)
  }

  /// - Parameter referee: Judges the others' results, where they are doubtful.
  package init(
    _ model: Model, lineup: BackendLineup, policy: DevicePolicy = DevicePolicy(),
    referee: BackendCandidate = .cpu(reason: "the referee"),
    expecting input: TensorShape? = nil, logger: Logger = Logger(label: "BigTransfer")
  ) async throws {
    self.model = model
    self.policy = policy
    self.logger = logger
    expectedInput = input ?? model.expectedInput()
    self.referee = Referee(model, candidate: referee)
    candidates = policy.isStrict ? Array(lineup.candidates.prefix(1)) : lineup.candidates
    let start = ContinuousClock.now
    let found = try await Self.firstWorking(
      candidates[...], model: model, expecting: expectedInput,
      before: lineup.absence.map { ["\($0)"] } ?? [], logger)
    current = found.index
    prepared = found.prepared
    setbacks = found.setbacks
    let scheduler = found.prepared.runner as? InferenceScheduler
    preparation = Preparation(
      duration: ContinuousClock.now - start, building: scheduler?.buildTime,
      uploading: scheduler?.uploadTime)
    Self.announce(found, candidates[found.index], logger)
  }

  /// A backend with the model on it.
  private struct Prepared {
    let backend: any Backend
    let runner: any NetworkRunner

    var choice: KernelChoice? { (backend as? OpenCLBackend)?.choice }
  }

  private struct Found {
    let index: Int
    let prepared: Prepared
    let setbacks: [String]
  }

  private static func firstWorking(
    _ candidates: ArraySlice<BackendCandidate>, model: Model, expecting input: TensorShape?,
    before: [String], _ logger: Logger
  ) async throws -> Found {
    var setbacks = before
    for index in candidates.indices {
      do {
        let backend = try candidates[index].makeBackend()
        let word = wordAboutWaiting(for: backend, logger)
        defer { word.cancel() }
        let runner = try await backend.prepare(
          model.network, weights: model.weights, expecting: input)
        return Found(
          index: index, prepared: Prepared(backend: backend, runner: runner), setbacks: setbacks)
      } catch let error where isDeviceFailure(error) {
        setbacks.append(describe(error, of: candidates[index]))
      }
    }
    throw ClassifierError.noBackendWorks(failures: setbacks)
  }

  /// Says what takes the time where preparing takes long, as it does when a device is used first.
  private static func wordAboutWaiting(
    for backend: any Backend, _ logger: Logger
  ) -> Task<Void, any Error> {
    Task {
      try await Task.sleep(for: patience)
      guard let activity = (backend as? OpenCLBackend)?.activity else { return }
      logger.notice("\(backend.name): \(activity)")
    }
  }

  private static let patience = Duration.milliseconds(1500)

  /// One line about what failed and what is used instead, and one where the device runs other kernels
  /// than its best.
  private static func announce(
    _ found: Found, _ candidate: BackendCandidate, _ logger: Logger
  ) {
    if !found.setbacks.isEmpty {
      logger.warning("\(found.setbacks.joined(separator: "; ")); \(candidate.name) takes over")
    }
    if let choice = found.prepared.choice, !choice.passedOver.isEmpty {
      let reasons = choice.passedOver.map { "\($0.kernels): \($0.reason)" }
      logger.notice(
        "\(candidate.name) runs its plainer kernels \(choice.kernels) (\(reasons.joined(separator: "; ")))"
      )
    }
  }

  private static func describe(_ error: any Error, of candidate: BackendCandidate) -> String {
    let advice = (error as? any ClassifiedFailure)?.advice.map { " (\($0))" } ?? ""
    return "\(candidate.name) failed: \(error)\(advice)"
  }

  /// Whether an error is the device's fault, so that another may do better.
  private static func isDeviceFailure(_ error: any Error) -> Bool {
    switch FailureKind(error) {
    case .deviceUnavailable, .unexpected: true
    case .image, .invalidData, .notFound, .networkUnavailable, .cancelled: false
    }
  }

  /// Runs a batch.
  ///
  /// Where a device's memory is short, the batch is divided. A device that fails is tried once more
  /// unless it is lost; then the next device takes over, for this batch and all later ones. Results
  /// of a device that are not finite are looked at by the built-in CPU backend, and if that finds
  /// them finite, the device has failed.
  /// - Parameters:
  ///   - input: [N, H, W, C], preprocessed.
  ///   - nodes: The nodes of `model.network` whose outputs are wanted.
  /// - Throws: `NetworkError` if the input does not suit the network; `ClassifierError` if no
  ///   device is left; `CancellationError`.
  public func run(
    _ input: HostTensor, returning nodes: [Network.NodeID]
  ) async throws -> [HostTensor] {
    try await trackedRun(input, returning: nodes).outputs
  }

  /// A batch's results, and which candidate computed them.
  struct TrackedOutputs: Sendable {
    let outputs: [HostTensor]
    let candidate: Int
  }

  /// As `run(_:returning:)`.
  func trackedRun(
    _ input: HostTensor, returning nodes: [Network.NodeID]
  ) async throws -> TrackedOutputs {
    // Checked here so that a wrong input is never taken for a device's failure.
    if let last = nodes.max() {
      _ = try model.network.shapes(forInput: input.shape, upTo: last)
    }
    var failures = 0
    while true {
      if let end { throw end }
      let attempted = current
      do {
        let outputs = try await runInParts(input, nodes, on: prepared.runner)
        if !candidates[attempted].isBuiltIn { try await checkFinite(outputs, input, nodes) }
        return TrackedOutputs(outputs: outputs, candidate: attempted)
      } catch let error where Self.isDeviceFailure(error) {
        // Another batch may have moved on while this one waited.
        guard attempted == current else { continue }
        failures += 1
        let isWorthwhile = (error as? any BackendFailure)?.remedy != .anotherDevice
        if failures == 1, isWorthwhile { continue }
        failures = 0
        try await moveOn(from: attempted, after: error)
      }
    }
  }

  // MARK: Memory

  /// Runs a batch, divided where the device has not memory enough for all of it.
  private func runInParts(
    _ input: HostTensor, _ nodes: [Network.NodeID], on runner: any NetworkRunner
  ) async throws -> [HostTensor] {
    let images = input.shape.batch
    let allowed = inputLimit.map { max(1, $0 / max(1, input.shape.imageCount)) } ?? images
    if images <= allowed {
      do {
        return try await runner.run(input, returning: nodes)
      } catch let error as any BackendFailure where error.remedy == .smallerBatch && images > 1 {
        limitInput(to: (images + 1) / 2, of: input.shape, because: error)
      }
    }
    let part = min(allowed, (images + 1) / 2)
    var parts: [[HostTensor]] = []
    for start in stride(from: 0, to: images, by: part) {
      parts.append(
        try await runInParts(
          input.images(start..<min(start + part, images)), nodes, on: runner))
    }
    return nodes.indices.map { node in HostTensor(stacking: parts.map { $0[node] }) }
  }

  private func limitInput(to images: Int, of shape: TensorShape, because error: any Error) {
    let name = candidates[current].name
    let message = "\(name) has not memory enough for \(shape.batch) images at once: \(error)"
    // Said once; what is tried next is only of interest to who asks for details.
    if inputLimit == nil {
      logger.notice("\(message). Smaller batches are tried")
    } else {
      logger.debug("\(message)")
    }
    inputLimit = images * shape.imageCount
  }

  // MARK: Moving on

  /// Gives a device up and prepares the next one that works.
  private func moveOn(from failed: Int, after error: any Error) async throws {
    guard current == failed else { return }
    if let succession { return try await succession.value }
    let task = Task { try await self.succeed(failed, after: error) }
    succession = task
    defer { succession = nil }
    try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  private func succeed(_ failed: Int, after error: any Error) async throws {
    let setback = Self.describe(error, of: candidates[failed])
    guard failed + 1 < candidates.count else {
      let error = ClassifierError.noBackendWorks(failures: setbacks + [setback])
      // A strict run is over; elsewhere the last device may have failed for this one image.
      if policy.isStrict { end = error }
      throw error
    }
    let found = try await Self.firstWorking(
      candidates[(failed + 1)...], model: model, expecting: expectedInput, before: [setback],
      logger)
    setbacks += found.setbacks
    current = found.index
    prepared = found.prepared
    inputLimit = nil
    Self.announce(found, candidates[current], logger)
  }

  // MARK: Doubtful results

  /// Looks whether the device is to blame for results that are not finite.
  /// - Throws: `DeviceFault` if it is.
  private func checkFinite(
    _ outputs: [HostTensor], _ input: HostTensor, _ nodes: [Network.NodeID]
  ) async throws {
    for image in 0..<input.shape.batch {
      let isDoubtful = outputs.contains { !$0.images(image..<(image + 1)).isFinite }
      guard isDoubtful else { continue }
      let pixels = input.images(image..<(image + 1))
      guard pixels.isFinite else { continue }
      let judged: [HostTensor]
      do {
        judged = try await referee.run(pixels, returning: nodes)
      } catch let error where Self.isDeviceFailure(error) {
        // Without a second opinion the result stands as it is.
        logger.debug("\(referee.name) could not judge a result that is not finite: \(error)")
        return
      }
      if judged.allSatisfy(\.isFinite) { throw DeviceFault.notFinite(referee: referee.name) }
    }
  }

  /// Whether a single call is one of those whose results are verified.
  func isVerificationDue() -> Bool {
    guard let interval = policy.verificationInterval else { return false }
    callsSinceVerification += 1
    guard callsSinceVerification >= interval else { return false }
    callsSinceVerification = 0
    return true
  }

  /// Whether a candidate's results are to be verified by the referee.
  func isVerifiable(_ candidate: Int) -> Bool { !candidates[candidate].isBuiltIn }

  /// Whether a candidate was given up.
  func isGivenUp(_ candidate: Int) -> Bool { candidate < current || end != nil }

  /// Computes a batch a second time on the referee.
  /// - Returns: What is wrong with the device's outputs; `nil` if nothing is, or if the referee
  ///   cannot say.
  nonisolated func verify(
    _ outputs: [Float], of input: HostTensor, node: Network.NodeID
  ) async -> Disagreement? {
    let judged: HostTensor
    do {
      judged = try await referee.run(input, returning: [node])[0]
    } catch {
      if Self.isDeviceFailure(error) {
        logger.warning("\(referee.name) could not verify an image: \(error)")
      }
      return nil
    }
    return Disagreement(
      outputs, judged: judged, tolerance: .agreement(on: model.network), referee: referee.name)
  }

  /// Gives a device up whose results were found to be wrong.
  /// - Throws: `ClassifierError` if no device is left.
  func distrust(_ candidate: Int, because disagreement: Disagreement) async throws {
    guard !isGivenUp(candidate) else { return }
    try await moveOn(from: candidate, after: DeviceFault.disagreement(disagreement))
  }

  /// Runs a batch and returns outputs by their names.
  /// - Parameters:
  ///   - input: [N, H, W, C], preprocessed.
  ///   - hiddenStates: Whether the stem's and the stages' outputs are wanted too.
  /// - Returns: `logits` [N, 1, 1, labels] where there is a classifier, `pooler_output`
  ///   [N, 1, 1, C], `last_hidden_state`, `hidden_states.i` and `feature_maps.i` [N, H, W, C].
  /// - Throws: As `run(_:returning:)`.
  public func outputs(
    for input: HostTensor, hiddenStates: Bool = false
  ) async throws -> [(name: String, tensor: HostTensor)] {
    let wanted = model.network.outputs.filter {
      hiddenStates || !$0.name.hasPrefix("hidden_states.")
    }
    let tensors = try await run(input, returning: wanted.map(\.node))
    return zip(wanted, tensors).map { ($0.name, $1) }
  }

  /// Runs a batch and times its steps on the device, without falling back.
  /// - Returns: The steps in the order in which they run; `nil` where the backend cannot tell.
  /// - Throws: As `run(_:returning:)`.
  public func profile(
    _ input: HostTensor, returning nodes: [Network.NodeID]
  ) async throws -> [StepProfile]? {
    guard let runner = prepared.runner as? any ProfilingRunner else { return nil }
    return try await runner.profile(input, returning: nodes)
  }

  /// What an OpenCL device's arithmetic gives at most, in floating-point operations a second.
  func measureDevicePeak() async throws -> Double? {
    try await (prepared.runner as? InferenceScheduler)?.measurePeak()
  }
}

extension HostTensor {
  var isFinite: Bool { elements.allSatisfy(\.isFinite) }
}
