import BigTransfer

/// Says on a terminal what a validation is at, in one line; with `-v` every check, in a line each.
struct ValidationProgress {
  private let console: Console
  private let isShown: Bool
  private var isVisible = false

  init(_ console: Console) {
    self.console = console
    isShown = console.verbosity == .normal && Console.isInteractive
  }

  private static let lengthLimit = 78

  mutating func show(_ event: ValidationEvent, of report: DeviceReport) {
    switch event {
    case .started(let check):
      guard isShown else { return }
      clear()
      let line = "\(report.device.name): \(report.results.count) done, \(check)"
      Console.printRaw(Text.elided(Text.printable(line), to: Self.lengthLimit))
      isVisible = true
    case .finished(let result):
      let verdict = result.passed ? "ok" : "FAIL"
      console.detail(
        "\(report.device.name): \(verdict), \(result.check),"
          + " \(Text.fixed(result.seconds, decimals: 2)) s")
    case .notRun(let check, let reason):
      console.detail("\(report.device.name): not run, \(check): \(reason)")
    case .device, .completed: break
    }
  }

  /// Makes room for another line.
  mutating func clear() {
    guard isVisible else { return }
    isVisible = false
    Console.printRaw("\r\u{1B}[K")
  }
}
