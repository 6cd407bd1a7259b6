import ArgumentParser
import BigTransfer

/// How the process ends. This is the one place that knows the numbers.
struct ExitStatus: Hashable, Sendable {
  let code: Int32

  static let success = ExitStatus(code: 0)
  static let unexpected = ExitStatus(code: 1)
  static let imagesFailed = ExitStatus(code: 2)
  static let checkFailed = ExitStatus(code: 3)
  // The next four are those of BSD's sysexits.h.
  static let usage = ExitStatus(code: 64)
  static let invalidData = ExitStatus(code: 65)
  static let notFound = ExitStatus(code: 66)
  static let unavailable = ExitStatus(code: 69)
  static let interrupted = ExitStatus(signal: interruptSignal)

  /// - Parameter code: One of those above.
  init(code: Int32) { self.code = code }

  /// For a process that a signal ends: 128 and its number, as shells count.
  init(signal: Int32) { code = 128 + signal }

  init(_ kind: FailureKind) {
    self =
      switch kind {
      case .image: .imagesFailed
      case .invalidData: .invalidData
      case .notFound: .notFound
      case .deviceUnavailable, .networkUnavailable: .unavailable
      case .cancelled: .interrupted
      case .unexpected: .unexpected
      }
  }

  /// Says on stderr what went wrong, where that has not been said yet.
  static func report(_ error: any Error) -> ExitStatus {
    switch error {
    case let early as EarlyExit: return early.status
    case OutputError.closedPipe: return .success
    case is CancellationError: return .interrupted
    default:
      guard let failure = CommandFailure(describing: error) else {
        return reportParserOutcome(error)
      }
      Console.printError(failure.message)
      return failure.status
    }
  }

  /// Help, version and usage errors come from the argument parser as errors; everything else that
  /// arrives here was not foreseen.
  private static func reportParserOutcome(_ error: any Error) -> ExitStatus {
    let code = Bitcl.exitCode(for: error)
    switch code {
    case .success:
      let text = Bitcl.fullMessage(for: error)
      do {
        let output = ByteSink.standardOutput
        try output.write(text.hasSuffix("\n") ? text : text + "\n")
        try output.flush()
        return .success
      } catch { return report(error) }
    case .validationFailure:
      let prefix = "Error: "
      let text = Bitcl.fullMessage(for: error)
      Console.printError(text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text)
      return .usage
    default:
      Console.printError("\(error)")
      return .unexpected
    }
  }
}

/// A failure that a command found itself.
struct CommandFailure: Error {
  /// What happened, and what to do.
  let message: String
  let status: ExitStatus

  init(_ status: ExitStatus, _ message: String) {
    self.message = message
    self.status = status
  }

  /// An error that knows what sort of failure it is; `nil` for any other.
  init?(describing error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let failure as any ClassifiedFailure:
      let advice = failure.advice.map { ". To mend it: \($0)" } ?? ""
      self.init(ExitStatus(failure.failureKind), "\(failure)\(advice)")
    default: return nil
    }
  }
}

/// Ends the command with a status after everything has been said.
struct EarlyExit: Error {
  let status: ExitStatus
}
