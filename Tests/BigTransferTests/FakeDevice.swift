import BigTransfer
import CPUBackend
import Logging
import Synchronization

/// A device that computes what `cpu` computes, and fails as it is told.
final class FakeDevice: Backend {
  /// What the device does to a run, which is counted from 0: throws, or changes the outputs.
  typealias Fault =
    @Sendable (_ run: Int, _ input: HostTensor, _ outputs: inout [HostTensor]) throws -> Void

  let name: String
  private let preparationError: (any Error)?
  private let fault: Fault
  private let state = Mutex((preparations: 0, batches: [Int]()))

  init(
    _ name: String = "first", failsPreparing error: (any Error)? = nil,
    fault: @escaping Fault = { _, _, _ in }
  ) {
    self.name = name
    preparationError = error
    self.fault = fault
  }

  var candidate: BackendCandidate { BackendCandidate(name: name, reason: "") { self } }

  var preparations: Int { state.withLock { $0.preparations } }

  /// How many images each run had.
  var batches: [Int] { state.withLock { $0.batches } }

  func prepare(
    _ network: Network, weights: any WeightSource
  ) async throws -> any NetworkRunner {
    state.withLock { $0.preparations += 1 }
    if let preparationError { throw preparationError }
    return Runner(
      device: self, inner: try await CPUBackend().prepare(network, weights: weights))
  }

  private struct Runner: NetworkRunner {
    let device: FakeDevice
    let inner: any NetworkRunner

    func run(
      _ input: HostTensor, returning nodes: [Network.NodeID]
    ) async throws -> [HostTensor] {
      let run = device.state.withLock { state in
        state.batches.append(input.shape.batch)
        return state.batches.count - 1
      }
      var outputs = try await inner.run(input, returning: nodes)
      try device.fault(run, input, &outputs)
      return outputs
    }
  }
}

/// A failure that says what may help.
struct FakeFailure: BackendFailure {
  var remedy = FailureRemedy.anotherTry
}

/// What the library logs, in lines that a user would see.
struct Lines: Sendable {
  private final class Store: Sendable {
    let lines = Mutex<[String]>([])
  }

  private let store = Store()

  var all: [String] { store.lines.withLock { $0 } }

  var logger: Logger {
    Logger(label: "test") { _ in Handler(store: store) }
  }

  private struct Handler: LogHandler {
    let store: Store
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      store.lines.withLock { $0.append("\(event.message)") }
    }
  }
}
