/// A line on the terminal that says how far a long command is. Where stderr is no terminal, or
/// stdout is one and shows the results themselves, there is none.
struct ProgressLine {
  private let total: Int?
  private let isShown: Bool
  private var isVisible = false
  private var lastUpdate: ContinuousClock.Instant?

  private static let interval = Duration.milliseconds(100)
  private static let barWidth = 30

  init(_ console: Console, total: Int?) {
    self.total = total
    isShown = console.verbosity > .quiet && Console.isInteractive && !isTerminal(1) && total != 1
  }

  mutating func show(done: Int) {
    guard isShown else { return }
    let now = ContinuousClock.now
    if let lastUpdate, now - lastUpdate < Self.interval { return }
    lastUpdate = now
    isVisible = true
    guard let total else { return Console.printRaw("\r\(done) images") }
    let filled = Self.barWidth * min(done, total) / max(total, 1)
    let bar =
      String(repeating: "#", count: filled)
      + String(repeating: ".", count: Self.barWidth - filled)
    Console.printRaw("\r[\(bar)] \(done) of \(total) images")
  }

  /// Makes room for another line.
  mutating func clear() {
    guard isVisible else { return }
    isVisible = false
    Console.printRaw("\r\u{1B}[K")
  }
}
