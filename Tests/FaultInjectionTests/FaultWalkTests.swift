import Foundation
import Testing

@Suite("Every call may fail", .serialized)
struct FaultWalkTests {
  static let labels = ["digit 0", "digit 1", "digit 2", "digit 3"]

  @Test("a call that fails costs no image its label, and leaves nothing on the device")
  func walk() async throws {
    let clean = try await FaultedRun.classify()
    try #require(clean.status == 0, "\(clean.errors)")
    try #require(clean.labels.map(String.init) == Self.labels)
    #expect(clean.ledger.live.isEmpty)
    let steps = FaultWalk.steps(clean.ledger, FaultWalk.extent)
    try #require(steps.count > 100)

    let start = ContinuousClock.now
    let width = ProcessInfo.processInfo.activeProcessorCount + 1
    var slowest = Duration.zero
    var kept = 0
    try await withThrowingTaskGroup(of: (WalkStep, FaultedRun).self) { group in
      var rest = steps[...]
      func startNext() {
        guard let step = rest.popFirst() else { return }
        group.addTask { (step, try await FaultedRun.classify(step.fault)) }
      }
      for _ in 0..<width { startNext() }
      for try await (step, run) in group {
        startNext()
        Self.check(step, run)
        slowest = max(slowest, run.duration)
        if !run.errors.contains("cpu (") { kept += 1 }
      }
    }
    print(
      "fault walk (\(FaultWalk.extent)): \(steps.count) faults in \(start.duration(to: .now)), the"
        + " slowest run \(slowest); \(kept) finished on the device")
  }

  private static func check(_ step: WalkStep, _ run: FaultedRun) {
    #expect(run.status == 0, "\(step): \(run.errors)")
    #expect(run.labels.map(String.init) == labels, "\(step): \(run.errors)")
    // What could not be released is still there, but nothing else.
    let live = run.ledger.live.values.reduce(0, +)
    #expect(live <= (step.isRelease ? 1 : 0), "\(step): \(run.ledger.live) live; \(run.errors)")
  }
}
