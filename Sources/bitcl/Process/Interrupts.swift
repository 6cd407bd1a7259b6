import Dispatch

/// Ctrl-C: the first one cancels the command, which prints what is finished; a second one ends the
/// process at once.
final class Interrupts {
  private let source: any DispatchSourceSignal

  init(cancelling task: Task<ExitStatus, Never>) {
    ignoreInterrupts()
    source = DispatchSource.makeSignalSource(signal: interruptSignal, queue: .global())
    source.setEventHandler {
      if task.isCancelled { abandonProcess(ExitStatus.interrupted.code) }
      task.cancel()
    }
    source.activate()
  }

  func stop() { source.cancel() }
}
