import BiTModel
import Logging

/// A model on a device, its weights resident: tensors in, tensors out.
///
/// `ImageClassifier` adds images and labels to it.
public actor PreparedModel {
  public nonisolated let model: Model
  /// How long reading and preparing took.
  public nonisolated let preparation: Preparation

  private let logger: Logger
  private let candidates: [BackendCandidate]
  private var current: Int
  private var runner: any NetworkRunner
  /// The devices that were passed over or given up, and why.
  public private(set) var setbacks: [String]

  public struct Preparation: Sendable {
    /// Reading weights, folding and packing them, and on a device building programs and uploading.
    public let duration: Duration
  }

  /// The backend that runs the model now.
  public var deviceName: String { candidates[current].name }

  /// The OpenCL device that runs the model now; `nil` for the built-in backends.
  public var device: Device? { candidates[current].device }

  /// Which device runs the model now and why it was chosen, in one line.
  public var deviceExplanation: String {
    "\(candidates[current].name) (\(candidates[current].reason))"
  }

  /// Prepares a model on the first device of a selection that can run it.
  /// - Parameter logger: Is told of devices that fail.
  /// - Throws: `CheckpointError` for weights that are missing, damaged or not finite;
  ///   `ClassifierError` if no such device exists or none works; `CancellationError`.
  public init(
    _ model: Model, device selection: DeviceSelection = .automatic,
    logger: Logger = Logger(label: "BigTransfer")
  ) async throws {
    try await self.init(
      model, candidates: try BackendCandidate.candidates(for: selection), logger: logger)
  }

  /// - Parameter candidates: At least one, best first.
  package init(
    _ model: Model, candidates: [BackendCandidate], logger: Logger = Logger(label: "BigTransfer")
  ) async throws {
    self.model = model
    self.candidates = candidates
    self.logger = logger
    let start = ContinuousClock.now
    let found = try await Self.firstWorking(candidates[...], model: model, logger: logger)
    current = found.index
    runner = found.runner
    setbacks = found.setbacks
    preparation = Preparation(duration: ContinuousClock.now - start)
  }

  private struct Found {
    let index: Int
    let runner: any NetworkRunner
    let setbacks: [String]
  }

  private static func firstWorking(
    _ candidates: ArraySlice<BackendCandidate>, model: Model, logger: Logger
  ) async throws -> Found {
    var setbacks: [String] = []
    for index in candidates.indices {
      do {
        let runner = try await candidates[index].makeBackend()
          .prepare(model.network, weights: model.weights)
        return Found(index: index, runner: runner, setbacks: setbacks)
      } catch let error where isDeviceFailure(error) {
        let setback = describe(error, of: candidates[index])
        logger.warning("\(setback)")
        setbacks.append(setback)
      }
    }
    throw ClassifierError.noBackendWorks(failures: setbacks)
  }

  private static func describe(_ error: any Error, of candidate: BackendCandidate) -> String {
    let advice = (error as? any ClassifiedFailure)?.advice.map { " (\($0))" } ?? ""
    return "\(candidate.name) failed: \(error)\(advice)"
  }

  /// Whether an error is the device's fault, so that another may do better.
  private static func isDeviceFailure(_ error: any Error) -> Bool {
    switch FailureKind(error) {
    case .deviceUnavailable, .unexpected: true
    case .image, .invalidData, .notFound, .cancelled: false
    }
  }

  /// Runs a batch.
  ///
  /// A device that fails is tried once more; then the next device of the selection takes over, for
  /// this batch and all later ones.
  /// - Parameters:
  ///   - input: [N, H, W, C], preprocessed.
  ///   - nodes: The nodes of `model.network` whose outputs are wanted.
  /// - Throws: `NetworkError` if the input does not suit the network; `ClassifierError` if no
  ///   device is left; `CancellationError`.
  public func run(
    _ input: HostTensor, returning nodes: [Network.NodeID]
  ) async throws -> [HostTensor] {
    // Checked here so that a wrong input is never taken for a device's failure.
    if let last = nodes.max() {
      _ = try model.network.shapes(forInput: input.shape, upTo: last)
    }
    var attempts = 0
    while true {
      let attempted = current
      do {
        return try await runner.run(input, returning: nodes)
      } catch let error where Self.isDeviceFailure(error) {
        attempts += 1
        guard attempts > 1 else { continue }
        attempts = 0
        // Another batch may have moved on while this one waited.
        if attempted == current { try await moveOn(after: error) }
      }
    }
  }

  private func moveOn(after error: any Error) async throws {
    let failed = current
    let setback = Self.describe(error, of: candidates[failed])
    logger.warning("\(setback)")
    guard failed + 1 < candidates.count else {
      throw ClassifierError.noBackendWorks(failures: setbacks + [setback])
    }
    let found = try await Self.firstWorking(
      candidates[(failed + 1)...], model: model, logger: logger)
    guard current == failed else { return }
    setbacks += [setback] + found.setbacks
    current = found.index
    runner = found.runner
    logger.notice("\(candidates[current].name) goes on")
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
}
