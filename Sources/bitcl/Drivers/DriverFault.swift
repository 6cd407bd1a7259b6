/// A driver, or another part of OpenCL, that ends or blocks every process that lists devices.
struct DriverFault: Codable, Hashable, Sendable {
  /// What is at fault, as precisely as could be found out.
  let source: String
  /// How the process ended that used it, as the rest of a sentence.
  let ending: String
  /// The last lines that it printed.
  let output: String
  let advice: String

  /// One line.
  var summary: String { "\(source): a process that only listed devices \(ending)" }

  /// With what to do about it, and with what the driver itself said last.
  var warning: String {
    let last = output.split(separator: "\n").suffix(5).map { "\n  \($0)" }.joined()
    return "\(summary). To mend it: \(advice)"
      + (last.isEmpty ? "" : ". The last lines that it printed:\(last)\n")
  }

  init(source: String, _ outcome: ChildProcess.Outcome, advice: String) {
    self.source = source
    ending = "\(outcome.ending)"
    output = outcome.output
    self.advice = advice
  }
}
