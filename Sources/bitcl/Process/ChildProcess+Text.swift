import BigTransfer

extension ChildProcess.Ending: CustomStringConvertible {
  /// The rest of a sentence that begins with the process.
  var description: String {
    switch self {
    case .exited(let code): "ended with exit code \(code)"
    case .signal(let number): "was ended by \(Self.name(ofSignal: number))"
    case .tookTooLong(let limit):
      "was ended because it took longer than \(Text.seconds(limit))"
    case .silent(let limit):
      "was ended because it did nothing for \(Text.seconds(limit))"
    case .cancelled: "was interrupted"
    case .unintelligible(let problem): "sent what cannot be understood: \(problem)"
    case .notStarted(let reason): "could not be started: \(reason)"
    }
  }

  /// `SIGSEGV (an access to memory that is not its own)`
  private static func name(ofSignal number: Int32) -> String {
    guard let signal = signalNames[number] else { return "signal \(number)" }
    return signal
  }

  private static let signalNames = Dictionary(
    uniqueKeysWithValues: fatalSignals.map { ($0.number, "\($0.name) (\($0.meaning))") })
}

extension ChildProcess {
  /// The system does not let this program start itself.
  struct NotStarted: ClassifiedFailure, CustomStringConvertible {
    let description: String

    var failureKind: FailureKind { .unexpected }

    init(_ reason: String) {
      description =
        "cannot start \(ProcessStart.executable) as a child process, which keeps drivers that crash apart:"
        + " \(reason). Look at the limits on processes and memory (ulimit -a)"
    }
  }
}
