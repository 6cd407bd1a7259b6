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
  private let believesMemory: Bool
  private let state: Mutex<State>

  private struct State {
    /// Still to be tried; the first is in use if it has a lease.
    var rungs: ArraySlice<KernelSet>
    var passedOver: [KernelChoice.PassedOver] = []
    /// Of the first rung.
    var identity: KernelIdentity?
    /// What the first rung's probe leaves: its context with the programs built. One probe serves all
    /// networks that are prepared at the same time.
    var probe: Task<DeviceLease, any Error>?
    var isChosen = false
    var activity: Activity?
  }

  /// What preparing a network takes its time for.
  package enum Activity: Sendable, CustomStringConvertible {
    case building, checking, uploading

    package var description: String {
      switch self {
      case .building:
        "its driver compiles the kernels, which later runs find in a cache"
      case .checking:
        "its kernels are compiled and checked before their first use, which later runs remember"
      case .uploading: "the model's weights are read, packed and uploaded"
      }
    }
  }

  /// The longest that the vector kernels may take to build: plainer ones are left.
  private static let rungBuildLimit = Duration.seconds(5)
  /// The longest that one program may take to build, and one batch to run.
  private static var limit: Duration { DeviceTimeLimits.current.work }

  /// - Parameters:
  ///   - kernelSet: `vector8`, `tiled64`, `reference` or the like instead of the best that works.
  ///   - judge: Asked about the kernels before each network that is prepared.
  ///   - believesMemory: Whether kernels that an earlier process found slow to build are left untried.
  package init(
    device: Device, kernelSet: String? = nil, judge: (any KernelSetJudge)? = nil,
    believesMemory: Bool = true
  ) {
    self.device = device
    self.judge = judge
    self.believesMemory = believesMemory
    requested = kernelSet
    let rungs =
      kernelSet.map { word in KernelSet.named(word, for: device).map { [$0] } ?? [] }
      ?? KernelSet.ladder(for: device)
    state = Mutex(State(rungs: rungs[...]))
  }

  package var name: String { device.label }

  /// What is under way, for who waits; nil while no network is being prepared.
  package var activity: Activity? { state.withLock { $0.activity } }

  private func begin(_ activity: Activity?) { state.withLock { $0.activity = activity } }

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

  package func prepare(
    _ network: Network, weights: any WeightSource, expecting input: TensorShape?
  ) async throws -> any NetworkRunner {
    try await prepareScheduler(network, weights: weights, expecting: input)
  }

  /// As `prepare(_:weights:expecting:)`, with the scheduler's own type.
  package func prepareScheduler(
    _ network: Network, weights: any WeightSource, expecting input: TensorShape? = nil
  ) async throws -> InferenceScheduler {
    try checkMemory(for: network, input: input)
    defer { begin(nil) }
    return try await onBestKernels { kernels in
      begin(.uploading)
      return try await kernels.makeScheduler(network, weights: weights, expecting: input)
    }
  }

  /// Before the device is made busy with anything: no kernel set needs noticeably less than another.
  private func checkMemory(
    for network: Network, input: TensorShape?
  ) throws(InsufficientDeviceMemory) {
    guard let rung = state.withLock({ $0.rungs.first }) else { return }
    try rung.fitting(network, limits: device.limits, input: input).need.check(on: device)
  }

  package var watched: any Backend { Watched(backend: self) }

  private struct Watched: Backend {
    let backend: OpenCLBackend

    var name: String { backend.name }

    func prepare(
      _ network: Network, weights: any WeightSource
    ) async throws -> any NetworkRunner {
      try await backend.onBestKernels {
        var kernels = $0
        kernels.guards = .validation
        return try await kernels.makeScheduler(network, weights: weights)
      }
    }
  }

  /// Finds the kernels that networks will be prepared with.
  package func chooseKernels() async throws {
    try await onBestKernels { _ in }
  }

  private func onBestKernels<Output>(
    _ body: (KernelSetBackend) async throws -> Output
  ) async throws -> Output {
    try checkRequest()
    while let rung = state.withLock({ $0.rungs.first }) {
      do {
        let output = try await body(try await trustedKernels(rung))
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
    if believesMemory, isLimited(rung), let date = memory.slowBuild(of: identity) {
      throw UntrustedKernels(
        reason: "they took longer than \(Self.rungBuildLimit) to build on \(date)",
        isSlowBuild: true)
    }
    begin(.building)
    let backend = KernelSetBackend(
      lease: try await lease(for: rung, identity), runLimit: Self.limit)
    begin(.checking)
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
      state.probe = nil
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

  /// What all networks share. Once the device is lost, it stays lost for them.
  private func lease(
    for rung: KernelSet, _ identity: KernelIdentity
  ) async throws -> DeviceLease {
    let probe = state.withLock { state -> Task<DeviceLease, any Error> in
      let isFirst = state.rungs.first == rung
      if isFirst, let probe = state.probe { return probe }
      let probe = Task { try await self.probe(rung, identity) }
      if isFirst { state.probe = probe }
      return probe
    }
    let lease: DeviceLease
    do {
      lease = try await probe.value
    } catch {
      // The next network tries again.
      state.withLock { if $0.probe == probe { $0.probe = nil } }
      throw error
    }
    if let loss = lease.thread.loss { throw loss }
    return lease
  }

  /// A driver may take minutes to build the vector kernels where it builds the plain ones in seconds.
  private func isLimited(_ rung: KernelSet) -> Bool {
    if case .vector = rung, requested == nil { true } else { false }
  }

  /// Builds a rung, within a time limit where plainer kernels are left, and tries it.
  private func probe(
    _ rung: KernelSet, _ identity: KernelIdentity
  ) async throws -> DeviceLease {
    let limit =
      isLimited(rung)
      ? JobLimit(
        "building the \(rung) kernels", Self.rungBuildLimit, busyTime: Self.rungBuildLimit * 6)
      : nil
    let thread = DeviceThread(device: device.label)
    let start = ProcessorTime.used
    let probe = RungProbe(device: device, kernels: rung, buildLimit: Self.limit)
    do {
      let programs = try await thread.prepare(within: limit) { try probe.run(on: thread) }
      if limit != nil { memory.forget(identity) }
      return DeviceLease(thread: thread, programs: programs, kernels: rung)
    } catch let error as OpenCLError {
      // A device that does not answer will not do so for plainer kernels.
      guard let limit, thread.loss != nil, !thread.isUnresponsive else { throw error }
      // What a busy machine did not let the compiler do says nothing about the next process.
      if !limit.isStarved(since: start) { memory.remember(slowBuildOf: identity) }
      throw UntrustedKernels(reason: "\(error)", isSlowBuild: true)
    }
  }
}
