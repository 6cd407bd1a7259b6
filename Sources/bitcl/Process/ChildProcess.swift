import Subprocess
import Synchronization
import SystemPackage

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// This program once more, as a worker that may crash, hang and print without harm to the caller.
///
/// The worker reads its request from a pipe that stays open: its end tells it that the caller is
/// gone. What it finds comes back over another pipe, which drivers do not write to.
enum ChildProcess {
  struct Limits: Sendable {
    /// How long the worker may take.
    let total: Duration
    /// How long it may be silent without using the processor, which is how a hang looks.
    var silence = Duration.seconds(60)
  }

  /// How a worker ended.
  enum Ending: Hashable, Sendable {
    case exited(Int32)
    case signal(Int32)
    /// It was ended by us, after this long.
    case tookTooLong(Duration)
    case silent(Duration)
    case cancelled
    /// What it sent is no event.
    case unintelligible(String)
    case notStarted(String)
  }

  struct Outcome: Sendable {
    let ending: Ending
    /// The last lines that the worker and its driver wrote to stdout and stderr.
    let output: String
    let duration: Duration
  }

  /// The largest event: the logits of some thousand images.
  private static let lineLimit = 1 << 28

  /// Runs a worker to its end, whatever that is.
  /// - Parameters:
  ///   - changes: Environment variables that are set for it.
  ///   - receive: Is given each event as it comes.
  nonisolated(nonsending) static func run(
    _ request: WorkerRequest, changes: [String: String] = [:], limits: Limits,
    receive: (WorkerEvent) -> Void
  ) async -> Outcome {
    let start = ContinuousClock.now
    let tail = OutputTail()
    let watch = Watch()
    var problem: String?
    var options = PlatformOptions()
    // A group of its own: compilers that drivers start end with it, and Ctrl-C reaches us alone.
    options.processGroupID = 0
    options.teardownSequence = [.gentleToGroup]
    do {
      let result = try await Subprocess.run(
        .path(FilePath(ProcessStart.executable)),
        arguments: Arguments(executablePathOverride: "bitcl", remainingValues: [Worker.name]),
        environment: environment(changes),
        platformOptions: options, input: .inputWriter, output: .sequence, error: .sequence
      ) { execution in
        async let errors: Void = drain(execution.standardError, into: tail)
        async let _ = watch.run(limits, process: execution.processIdentifier.value) {
          await execution.teardown(using: [.gentleToGroup])
        }
        // A worker that is already dead cannot be written to; its status says the rest.
        _ = try? await execution.standardInputWriter.write(try request.line())
        problem = await self.receive(execution.standardOutput, watch: watch, receive)
        if problem != nil { await execution.teardown(using: [.gentleToGroup]) }
        await errors
        // The watch is cancelled here.
      }
      return Outcome(
        ending: ending(result.terminationStatus, watch: watch, problem: problem),
        output: tail.text, duration: ContinuousClock.now - start)
    } catch {
      return Outcome(
        ending: Task.isCancelled ? .cancelled : .notStarted("\(error)"), output: tail.text,
        duration: ContinuousClock.now - start)
    }
  }

  private static func environment(_ changes: [String: String]) -> Environment {
    var changes = changes
    // Swift's own report on a crash takes seconds and hides the driver's last words.
    if ProcessInfo.processInfo.environment["SWIFT_BACKTRACE"] == nil {
      changes["SWIFT_BACKTRACE"] = "enable=no"
    }
    return .inherit.updating(
      Dictionary(uniqueKeysWithValues: changes.map { (.init(stringLiteral: $0), $1) }))
  }

  /// - Returns: What is wrong with what was sent, if something is.
  nonisolated(nonsending) private static func receive(
    _ output: SubprocessOutputSequence, watch: Watch, _ receive: (WorkerEvent) -> Void
  ) async -> String? {
    let lines = output.strings(
      separatedBy: .unicodeScalarSequence(["\n"]), bufferingPolicy: .maxLineLength(lineLimit))
    do {
      var iterator = lines.makeAsyncIterator()
      while let line = try await iterator.next() {
        watch.sawEvent()
        do {
          receive(try WorkerEvent(line: line))
        } catch {
          // The last line of a process that died need not be whole.
          return try await iterator.next() == nil ? nil : "a line that is no event"
        }
      }
      return nil
    } catch {
      return "\(error)"
    }
  }

  private static func drain(_ errors: SubprocessOutputSequence, into tail: OutputTail) async {
    do {
      for try await buffer in errors { buffer.withUnsafeBytes { tail.append($0) } }
    } catch {
      tail.append(Array("(reading what the driver printed failed: \(error))".utf8))
    }
  }

  private static func ending(
    _ status: TerminationStatus, watch: Watch, problem: String?
  ) -> Ending {
    if Task.isCancelled { return .cancelled }
    if let verdict = watch.verdict { return verdict }
    if let problem { return .unintelligible(problem) }
    switch status {
    case .exited(let code): return .exited(code)
    case .signaled(let number): return .signal(number)
    }
  }
}

extension TeardownStep {
  /// SIGTERM, and SIGKILL for what is still there shortly after.
  fileprivate static var gentleToGroup: TeardownStep {
    .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))
  }
}

extension ChildProcess {
  /// Ends a worker that exceeds its limits.
  private final class Watch: Sendable {
    private struct State {
      var lastEvent = ContinuousClock.now
      var processorTime = Duration.zero
      var verdict: Ending?
    }

    private let state = Mutex(State())
    private static let interval = Duration.milliseconds(50)
    /// A process that waits still wakes now and then.
    private static let idleTime = Duration.milliseconds(200)

    var verdict: Ending? { state.withLock { $0.verdict } }

    func sawEvent() { state.withLock { $0.lastEvent = .now } }

    func run(_ limits: Limits, process: Int32, end: () async -> Void) async {
      let start = ContinuousClock.now
      while (try? await Task.sleep(for: Self.interval)) != nil {
        guard let verdict = judge(limits, start: start, process: process) else { continue }
        state.withLock { $0.verdict = verdict }
        return await end()
      }
    }

    private func judge(
      _ limits: Limits, start: ContinuousClock.Instant, process: Int32
    ) -> Ending? {
      let now = ContinuousClock.now
      if now - start > limits.total { return .tookTooLong(limits.total) }
      return state.withLock { state in
        guard now - state.lastEvent > limits.silence else { return nil }
        // Silent for long: busy, or stuck?
        let used = processorTime(ofProcess: process) ?? state.processorTime
        guard used - state.processorTime < Self.idleTime else {
          state.processorTime = used
          state.lastEvent = now
          return nil
        }
        return .silent(limits.silence)
      }
    }
  }
}
