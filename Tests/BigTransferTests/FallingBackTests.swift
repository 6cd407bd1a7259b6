import BigTransfer
import ReferenceBackend
import Synchronization
import Testing

@Suite("falling back")
struct FallingBackTests {
  /// A device that fails: when it is prepared, or in its runs from one on.
  private struct FailingBackend: Backend {
    struct Failure: Error {}

    let name = "failing"
    let failsPreparing: Bool
    let runs = Counter()
    /// The runs that fail, counted from 0.
    let failingRuns: Range<Int>

    func prepare(
      _ network: Network, weights: any WeightSource
    ) async throws -> any NetworkRunner {
      if failsPreparing { throw Failure() }
      return Runner(
        inner: try await ReferenceBackend().prepare(network, weights: weights), runs: runs,
        failingRuns: failingRuns)
    }

    struct Runner: NetworkRunner {
      let inner: any NetworkRunner
      let runs: Counter
      let failingRuns: Range<Int>

      func run(_ input: HostTensor, returning nodes: [Network.NodeID]) async throws -> [HostTensor]
      {
        if failingRuns.contains(runs.next()) { throw Failure() }
        return try await inner.run(input, returning: nodes)
      }
    }
  }

  private final class Counter: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
      count.withLock { count in
        defer { count += 1 }
        return count
      }
    }
  }

  private static let reference = BackendCandidate(name: "second", reason: "") {
    ReferenceBackend()
  }

  private static func failing(
    preparing: Bool = false, runs: Range<Int> = 0..<0
  ) -> BackendCandidate {
    BackendCandidate(name: "first", reason: "") {
      FailingBackend(failsPreparing: preparing, failingRuns: runs)
    }
  }

  private static func classify(_ candidates: [BackendCandidate]) async throws -> (String, String) {
    let prepared = try await PreparedModel(
      try ModelSource.demo.open(), candidates: candidates)
    let best = try await ImageClassifier(prepared).classify(Samples.image(3))[0]
    return (best.label, await prepared.deviceName)
  }

  @Test("a device that cannot be prepared is passed over, and that is remembered")
  func preparing() async throws {
    let prepared = try await PreparedModel(
      try ModelSource.demo.open(), candidates: [Self.failing(preparing: true), Self.reference])
    #expect(await prepared.deviceName == "second")
    #expect(await prepared.setbacks.first?.contains("first failed") == true)
  }

  @Test("a run that fails once is tried again on the same device")
  func retry() async throws {
    let (label, device) = try await Self.classify([Self.failing(runs: 0..<1), Self.reference])
    #expect(label == "digit 3")
    #expect(device == "first")
  }

  @Test("a device that fails twice loses the batch to the next, and no image is lost")
  func movingOn() async throws {
    let (label, device) = try await Self.classify([Self.failing(runs: 0..<9), Self.reference])
    #expect(label == "digit 3")
    #expect(device == "second")
  }

  @Test("where no device is left, the error names the failures")
  func nothingLeft() async throws {
    await #expect(throws: ClassifierError.self) {
      try await Self.classify([Self.failing(runs: 0..<9)])
    }
    await #expect(throws: ClassifierError.self) {
      try await Self.classify([Self.failing(preparing: true)])
    }
  }

  @Test("weights that are wrong are not the device's fault")
  func wrongWeights() async throws {
    let model = try ModelSource.demo.open()
    let empty = Model(
      name: "empty", configuration: model.configuration, network: model.network,
      weights: InMemoryWeights([:]), preprocessorConfiguration: nil)
    await #expect(throws: CheckpointError.self) {
      try await PreparedModel(empty, candidates: [Self.reference, Self.reference])
    }
  }
}
