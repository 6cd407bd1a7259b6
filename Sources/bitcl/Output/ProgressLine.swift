/// A line on the terminal that says how far a long command is. Where stderr is no terminal, or
/// stdout is one and shows the results themselves, there is none.
struct ProgressLine {
  enum Unit {
    case images, bytes
  }

  private let total: Int?
  private let unit: Unit
  private let isShown: Bool
  private var isVisible = false
  private var lastUpdate: ContinuousClock.Instant?

  private static let interval = Duration.milliseconds(100)
  private static let barWidth = 30

  init(_ console: Console, total: Int?, unit: Unit = .images) {
    self.total = total
    self.unit = unit
    // Images are results as they come; bytes come before any.
    let isInTheWay = unit == .images && (isTerminal(1) || total == 1)
    isShown = console.verbosity > .quiet && Console.isInteractive && !isInTheWay
  }

  mutating func show(done: Int) {
    guard isShown else { return }
    let now = ContinuousClock.now
    if let lastUpdate, now - lastUpdate < Self.interval { return }
    lastUpdate = now
    isVisible = true
    guard let total else { return Console.printRaw("\r\(text(done))") }
    let filled = Self.barWidth * min(done, total) / max(total, 1)
    let bar =
      String(repeating: "#", count: filled)
      + String(repeating: ".", count: Self.barWidth - filled)
    // What was written before may have been longer.
    Console.printRaw("\r[\(bar)] \(text(done, of: total))\u{1B}[K")
  }

  private func text(_ done: Int, of total: Int? = nil) -> String {
    switch unit {
    case .images: total.map { "\(done) of \($0) images" } ?? "\(done) images"
    case .bytes: total.map { "\(Text.bytes(done)) of \(Text.bytes($0))" } ?? Text.bytes(done)
    }
  }

  /// Makes room for another line.
  mutating func clear() {
    guard isVisible else { return }
    isVisible = false
    Console.printRaw("\r\u{1B}[K")
  }
}
