#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Builds programs for a context: several at once, each within a time limit.
package struct ProgramBuilder: Sendable {
  package let context: Context
  /// Nil: every program is compiled.
  package var cache: ProgramCache?
  /// For one program. A build that exceeds it cannot be stopped: its thread is left behind and ends
  /// when the driver's compiler does.
  package var timeLimit: Duration
  /// Programs built at once.
  package var width: Int

  package init(
    context: Context, cache: ProgramCache?, timeLimit: Duration = DeviceTimeLimits.current.work,
    width: Int = ProcessInfo.processInfo.activeProcessorCount
  ) {
    self.context = context
    self.cache = cache
    self.timeLimit = timeLimit
    self.width = context.device.quirks.isSingleThreaded ? 1 : max(1, width)
  }

  /// With the user's cache, where the device has use for it.
  package init(context: Context) {
    self.init(context: context, cache: .standard(for: context.device))
  }

  /// One result a source, in their order.
  package func attempt(
    _ sources: [ProgramSource]
  ) -> [Result<Shared<Program>, OpenCLError>] {
    let (context, cache) = (context, cache)
    let outcomes = TimedWorkers.run(
      count: sources.count, width: width, limit: timeLimit, in: context
    ) {
      index in
      do throws(OpenCLError) {
        return Result<Shared<Program>, OpenCLError>.success(
          Shared(try Program(sources[index], in: context, cache: cache)))
      } catch {
        return .failure(error)
      }
    }
    let seconds = timeLimit / .seconds(1)
    return zip(sources, outcomes).map { source, outcome in
      outcome
        ?? .failure(
          context.loss
            ?? OpenCLError(
              .timedOut(waitingFor: "building \(source.name)", seconds: seconds),
              device: context.device.label))
    }
  }

  /// All programs, or the first error.
  package func build(_ sources: [ProgramSource]) throws(OpenCLError) -> [Shared<Program>] {
    var programs: [Shared<Program>] = []
    for result in attempt(sources) { programs.append(try result.get()) }
    return programs
  }

  package func build(_ source: ProgramSource) throws(OpenCLError) -> Shared<Program> {
    try build([source])[0]
  }
}
