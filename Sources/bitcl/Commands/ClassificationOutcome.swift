import BigTransfer

/// How many images failed, and how badly.
struct ClassificationOutcome {
  private(set) var total = 0
  private(set) var failed = 0
  private var deviceFailed = false

  mutating func count(_ classification: Classification) {
    total += 1
    guard case .failure(let error) = classification.result else { return }
    failed += 1
    if FailureKind(error) == .deviceUnavailable { deviceFailed = true }
    let message = "\(error)"
    Console.printError(
      message.contains(classification.name) ? message : "\(classification.name): \(message)")
  }

  /// - Throws: `EarlyExit` if an image failed.
  func check() throws {
    guard failed > 0 else { return }
    if total > 1 { Console.printError("\(failed) of \(total) images failed") }
    throw EarlyExit(status: deviceFailed ? .unavailable : .imagesFailed)
  }
}
