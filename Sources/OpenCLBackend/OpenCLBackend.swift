import BiTModel
import OpenCLRuntime
import Synchronization

/// Runs networks on an OpenCL device, with the best kernels that prove to work there.
package final class OpenCLBackend: Backend {
  package let device: Device
  private let requested: String?
  private let chosen = Mutex<KernelSet?>(nil)
  private let library = Mutex<ProgramLibrary?>(nil)

  /// The longest that the vector kernels may take to build: plainer ones are left.
  private static let rungBuildLimit = Duration.seconds(5)
  private static let buildLimit = Duration.seconds(300)
  /// The longest that one batch may take.
  private static let runLimit = Duration.seconds(300)

  /// - Parameter kernelSet: `vector8`, `tiled64`, `reference` or the like instead of the best that works.
  package init(device: Device, kernelSet: String? = nil) {
    self.device = device
    requested = kernelSet
  }

  package var name: String { device.label }

  /// The words for the kernel sets that would be tried, best first.
  package var kernelSets: [String] { KernelSet.ladder(for: device).map(\.word) }

  package func prepare(
    _ network: Network, weights: any WeightSource
  ) async throws -> any NetworkRunner {
    try await prepareScheduler(network, weights: weights)
  }

  /// As `prepare(_:weights:)`, with the scheduler's own type.
  package func prepareScheduler(
    _ network: Network, weights: any WeightSource
  ) async throws -> InferenceScheduler {
    let kernels = try kernels()
    return try InferenceScheduler(
      network, weights: weights, programs: try programs(), kernels: kernels,
      timeLimit: Self.runLimit)
  }

  /// The context and programs that all networks share; new ones after a device did not answer.
  private func programs() throws -> ProgramLibrary {
    try library.withLock { library in
      if let library, !library.context.isGivenUp { return library }
      let fresh = ProgramLibrary(
        context: try Context(device: device), timeLimit: Self.buildLimit)
      library = fresh
      return fresh
    }
  }

  /// The first rung of the ladder that builds in time and computes what the host computes.
  private func kernels() throws -> KernelSet {
    if let known = chosen.withLock({ $0 }) { return known }
    var rungs = KernelSet.ladder(for: device)
    if let requested {
      guard let rung = KernelSet.named(requested, for: device) else {
        throw OpenCLError(
          .invalidRequest, device: device.label,
          detail: "no kernel set '\(requested)'; there are \(kernelSets.joined(separator: ", "))")
      }
      rungs = [rung]
    }
    let memory = RungMemory(device: device)
    var failure: (any Error)?
    for rung in rungs where requested != nil || !memory.isTooSlow(rung) {
      do {
        let programs = try probe(rung, isForced: requested != nil)
        library.withLock { $0 = programs }
        chosen.withLock { $0 = rung }
        return rung
      } catch let error as OpenCLError {
        if case .timedOut = error.kind { memory.remember(tooSlow: rung) }
        failure = error
      } catch {
        failure = error
      }
    }
    throw failure ?? OpenCLError(.invalidRequest, device: device.label)
  }

  /// Builds and checks a rung. The vector kernels' time is limited, for a driver may take minutes to
  /// build them where it builds the plain ones in seconds.
  private func probe(_ rung: KernelSet, isForced: Bool) throws -> ProgramLibrary {
    var isLimited = false
    if case .vector = rung, !isForced { isLimited = true }
    return try RungProbe(
      device: device, kernels: rung, limit: isLimited ? Self.rungBuildLimit : Self.buildLimit,
      busyLimit: isLimited ? Self.rungBuildLimit * 6 : Self.buildLimit,
      buildLimit: Self.buildLimit
    ).run()
  }
}
