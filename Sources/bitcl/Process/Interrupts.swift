import Dispatch
import Synchronization

/// Ctrl-C and SIGTERM: the first one cancels the command, which prints what is finished and removes
/// what is temporary; a second one ends the process at once.
final class Interrupts {
  private let sources: [any DispatchSourceSignal]
  private let first: FirstSignal

  /// - Parameter signals: Those that are taken over.
  init(_ signals: [Int32], cancelling task: Task<ExitStatus, Never>) {
    let first = FirstSignal()
    self.first = first
    sources = signals.map { signal in
      ignoreSignal(signal)
      let source = DispatchSource.makeSignalSource(signal: signal, queue: .global())
      source.setEventHandler {
        if !first.note(signal) { abandonProcess(ExitStatus(signal: signal).code) }
        task.cancel()
      }
      source.activate()
      return source
    }
  }

  /// How the process ends, given how its command did.
  func status(_ status: ExitStatus) -> ExitStatus {
    guard status == .interrupted, let signal = first.signal else { return status }
    return ExitStatus(signal: signal)
  }

  func stop() {
    for source in sources { source.cancel() }
  }

  private final class FirstSignal: Sendable {
    private let number = Atomic<Int32>(0)

    var signal: Int32? {
      let number = number.load(ordering: .relaxed)
      return number == 0 ? nil : number
    }

    /// - Returns: False where there was one before.
    func note(_ signal: Int32) -> Bool {
      number.compareExchange(expected: 0, desired: signal, ordering: .relaxed).exchanged
    }
  }
}
