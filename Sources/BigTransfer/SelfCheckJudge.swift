import BiTModel
import NumericsValidation
import OpenCLBackend
import OpenCLRuntime

/// The self-check before a device's use, unless an earlier process has passed it.
package struct SelfCheckJudge: KernelSetJudge {
  package let check: SelfCheck
  package var memory: SelfCheckMemory = .standard
  /// Whether an earlier result is taken.
  package var believesMemory = true

  /// Replaced by five times as long while the process has been given less processor time than this:
  /// a busy machine is not a slow device.
  package var timeLimit = Self.standardTimeLimit

  /// What takes longer for networks that a device of any use computes in a fraction of a second is of
  /// no use; compilers are given their time as well.
  package static let standardTimeLimit = Duration.seconds(60)
  /// For who asks for the check itself.
  package static let patientTimeLimit = Duration.seconds(600)

  package init(_ check: SelfCheck) { self.check = check }

  package func judge(_ kernels: any Backend, identity: KernelIdentity) async throws {
    if believesMemory, memory.pass(of: identity, check) != nil { return }
    let start = ContinuousClock.now
    if let finding = try await firstFault(on: kernels, since: start) {
      memory.forget(identity, check)
      throw UntrustedKernels(reason: "the self-check failed: \(finding)")
    }
    memory.remember(
      SelfCheckMemory.Pass(duration: ContinuousClock.now - start), of: identity, check)
  }

  /// A run that is under way when the time is over goes on in the background: nothing can stop it.
  private func firstFault(
    on kernels: any Backend, since start: ContinuousClock.Instant
  ) async throws -> SelfCheck.Finding? {
    let (processor, limit, check) = (ProcessorTime.used, timeLimit, check)
    let (outcomes, outcome) = AsyncStream<Result<SelfCheck.Finding?, any Error>>.makeStream()
    let checking = Task {
      do {
        outcome.yield(.success(try await check.firstFault(on: kernels)))
      } catch {
        outcome.yield(.failure(error))
      }
    }
    let timing = Task {
      while true {
        let isStarved = ProcessorTime.used - processor < limit
        let elapsed = ContinuousClock.now - start
        if elapsed > (isStarved ? limit * 5 : limit) {
          outcome.yield(.failure(UnprovenDevice(time: elapsed)))
        }
        try await Task.sleep(for: Self.lookInterval)
      }
    }
    defer {
      checking.cancel()
      timing.cancel()
    }
    // Ends without an outcome where this task is cancelled.
    for await outcome in outcomes { return try outcome.get() }
    throw CancellationError()
  }

  private static let lookInterval = Duration.milliseconds(100)
}

/// A device whose self-check was given up for lack of time. Plainer kernels would be slower still.
package struct UnprovenDevice: Error, Hashable, CustomStringConvertible {
  let time: Duration

  package var description: String {
    "its self-check was not done after \(Int((time / .seconds(1)).rounded())) s: it is not proven, and"
      + " very slow"
  }
}

extension UnprovenDevice: BackendFailure {
  package var remedy: FailureRemedy { .anotherDevice }
}

extension UnprovenDevice: ClassifiedFailure {
  public var failureKind: FailureKind { .deviceUnavailable }
  public var advice: String? { "--no-self-check uses it all the same" }
}
