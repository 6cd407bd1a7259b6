import BiTModel
import OpenCLRuntime
import Synchronization

/// Runs networks on an OpenCL device, with the best kernels that prove to work there.
///
/// The ladder of kernel sets is climbed down: a rung that does not build, builds too slowly, or
/// computes something wrong is left for the next one, and never tried again by this backend.
package final class OpenCLBackend: Backend {
  package let device: Device
  private let requested: String?
  private let judge: (any KernelSetJudge)?
  private let memory = RungMemory()
  private let state: Mutex<State>

  private struct State {
    /// Still to be tried; the first is in use if it has programs.
    var rungs: ArraySlice<KernelSet>
    var passedOver: [KernelChoice.PassedOver] = []
    /// Of the first rung.
    var identity: KernelIdentity?
    /// What the first rung's probe built.
    var programs: ProgramLibrary?
    var isChosen = false
  }

  /// The longest that the vector kernels may take to build: plainer ones are left.
  private static let rungBuildLimit = Duration.seconds(5)
  private static let buildLimit = Duration.seconds(300)
  /// The longest that one batch may take.
  private static let runLimit = Duration.seconds(300)

  /// - Parameters:
  ///   - kernelSet: `vector8`, `tiled64`, `reference` or the like instead of the best that works.
  ///   - judge: Asked about the kernels before each network that is prepared.
  package init(
    device: Device, kernelSet: String? = nil, judge: (any KernelSetJudge)? = nil
  ) {
    self.device = device
    self.judge = judge
    requested = kernelSet
    let rungs =
      kernelSet.map { word in KernelSet.named(word, for: device).map { [$0] } ?? [] }
      ?? KernelSet.ladder(for: device)
    state = Mutex(State(rungs: rungs[...]))
  }

  package var name: String { device.label }

  /// The words for the kernel sets that would be tried, best first.
  package var kernelSets: [String] { KernelSet.ladder(for: device).map(\.word) }

  /// The kernels that the networks prepared so far run with; nil before the first.
  package var choice: KernelChoice? {
    state.withLock { state in
      guard state.isChosen, let rung = state.rungs.first else { return nil }
      return KernelChoice(kernels: rung.word, passedOver: state.passedOver)
    }
  }

  /// The kernels in use with their tile parameters, for reports; nil before the first network.
  package var kernelDescription: String? {
    state.withLock { $0.isChosen ? $0.rungs.first.map { "\($0.word), \($0)" } : nil }
  }

  /// Of the kernel sets that may still be used, best first.
  package var identities: [(kernels: String, identity: KernelIdentity)] {
    state.withLock { $0.rungs }.map { ($0.word, KernelIdentity($0, on: device)) }
  }

  private func identity(of rung: KernelSet) -> KernelIdentity {
    if let known = state.withLock({ $0.rungs.first == rung ? $0.identity : nil }) { return known }
    let identity = KernelIdentity(rung, on: device)
    state.withLock { if $0.rungs.first == rung { $0.identity = identity } }
    return identity
  }

  package func prepare(
    _ network: Network, weights: any WeightSource
  ) async throws -> any NetworkRunner {
    try await prepareScheduler(network, weights: weights)
  }

  /// As `prepare(_:weights:)`, with the scheduler's own type.
  package func prepareScheduler(
    _ network: Network, weights: any WeightSource
  ) async throws -> InferenceScheduler {
    try await onBestKernels { try $0.makeScheduler(network, weights: weights) }
  }

  /// Finds the kernels that networks will be prepared with.
  package func chooseKernels() async throws {
    try await onBestKernels { _ in }
  }

  private func onBestKernels<Output>(
    _ body: (KernelSetBackend) throws -> Output
  ) async throws -> Output {
    try checkRequest()
    while let rung = state.withLock({ $0.rungs.first }) {
      do {
        let output = try body(try await trustedKernels(rung))
        state.withLock { $0.isChosen = true }
        return output
      } catch let error where Self.isFault(ofKernels: error) {
        leave(rung, because: error)
        // The device's own words where there was but one to try.
        if requested != nil { throw error }
      }
    }
    throw NoKernelsWork(device: device.label, passedOver: state.withLock { $0.passedOver })
  }

  private func checkRequest() throws(OpenCLError) {
    guard let requested, KernelSet.named(requested, for: device) == nil else { return }
    throw OpenCLError(
      .invalidRequest, device: device.label,
      detail: "no kernel set '\(requested)'; there are \(kernelSets.joined(separator: ", "))")
  }

  private func trustedKernels(_ rung: KernelSet) async throws -> KernelSetBackend {
    let identity = identity(of: rung)
    if requested == nil, isLimited(rung), let date = memory.slowBuild(of: identity) {
      throw UntrustedKernels(
        reason: "they took longer than \(Self.rungBuildLimit) to build on \(date)",
        isSlowBuild: true)
    }
    let backend = KernelSetBackend(
      kernels: rung, programs: try programs(for: rung, identity), runLimit: Self.runLimit)
    try await judge?.judge(backend, identity: identity)
    return backend
  }

  private func leave(_ rung: KernelSet, because error: any Error) {
    // Smaller tiles are for smaller devices; what computes something wrong does so in them too.
    let isWrong = (error as? UntrustedKernels)?.isSlowBuild == false
    state.withLock { state in
      guard state.rungs.first == rung else { return }
      state.rungs.removeFirst()
      if isWrong, rung.isTiled { state.rungs = state.rungs.drop { $0.isTiled } }
      state.identity = nil
      state.programs = nil
      state.passedOver.append(
        KernelChoice.PassedOver(
          kernels: rung.word, reason: "\(error)",
          isSlowBuild: (error as? UntrustedKernels)?.isSlowBuild ?? false))
    }
  }

  /// Whether plainer kernels may do better. Where memory is short or the device gone, they do not.
  private static func isFault(ofKernels error: any Error) -> Bool {
    switch error {
    case is UntrustedKernels: true
    case let error as OpenCLError:
      // A kernel's own needs, where a device of sound memory refuses a tiny launch.
      error.remedy == .anotherTry || error.status == .outOfResources
    default: false
    }
  }

  /// The context and programs that all networks share; new ones after a device did not answer.
  private func programs(
    for rung: KernelSet, _ identity: KernelIdentity
  ) throws -> ProgramLibrary {
    let (known, isChosen) = state.withLock { ($0.programs, $0.isChosen) }
    if let known, !known.context.isGivenUp { return known }
    let programs =
      isChosen
      ? ProgramLibrary(context: try Context(device: device), timeLimit: Self.buildLimit)
      : try probe(rung, identity)
    state.withLock { if $0.rungs.first == rung { $0.programs = programs } }
    return programs
  }

  /// A driver may take minutes to build the vector kernels where it builds the plain ones in seconds.
  private func isLimited(_ rung: KernelSet) -> Bool {
    if case .vector = rung, requested == nil { true } else { false }
  }

  /// Builds a rung, within a time limit where plainer kernels are left, and tries it.
  private func probe(_ rung: KernelSet, _ identity: KernelIdentity) throws -> ProgramLibrary {
    let isLimited = isLimited(rung)
    do {
      return try RungProbe(
        device: device, kernels: rung, limit: isLimited ? Self.rungBuildLimit : Self.buildLimit,
        busyLimit: isLimited ? Self.rungBuildLimit * 6 : Self.buildLimit,
        buildLimit: Self.buildLimit
      ).run()
    } catch let error as OpenCLError {
      guard isLimited, case .timedOut = error.kind else { throw error }
      memory.remember(slowBuildOf: identity)
      throw UntrustedKernels(reason: "\(error)", isSlowBuild: true)
    }
  }
}
