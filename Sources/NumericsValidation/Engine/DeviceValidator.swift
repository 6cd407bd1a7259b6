import BiTModel

/// Validates one device: the operation suite, whole networks, repeatability and images, each
/// against the oracle, the cheap checks first.
public struct DeviceValidator: Sendable {
  private let backend: any Backend
  private let facts: @Sendable () -> DeviceFacts
  private let options: ValidationOptions

  /// - Parameter facts: What is known of the device; asked again once its kernels are chosen.
  public init(
    _ backend: any Backend, options: ValidationOptions, facts: @escaping @Sendable () -> DeviceFacts
  ) {
    self.backend = backend
    self.options = options
    self.facts = facts
  }

  /// Makes the checks and reports each event when it happens.
  ///
  /// What goes wrong on the device is a result and never an error.
  /// - Throws: `CancellationError`; what `report` throws.
  public func run(_ report: (ValidationEvent) async throws -> Void) async throws {
    var known = facts()
    try await report(.device(known))
    let plan = try makePlan()
    let preparation = Check(.preparation, group: "preparation", name: "preparation")
    try await report(.started(preparation))
    let prepared = try await perform(
      PlannedCheck(check: preparation, work: 0) {
        try await Preparation(backend: backend).run()
      }, &known)
    try await report(.finished(prepared))
    try await report(.device(known))
    var budget = TimeBudget(options.timeBudget)
    var hasFailed = !prepared.passed
    for planned in plan {
      if prepared.error != nil {
        try await report(
          .notRun(planned.check, reason: "the device's kernels could not be prepared"))
      } else if hasFailed, options.failsFast {
        try await report(.notRun(planned.check, reason: "an earlier check failed"))
      } else if let reason = budget.refusal(work: planned.work) {
        try await report(.notRun(planned.check, reason: reason))
      } else {
        try await report(.started(planned.check))
        let result = try await perform(planned, &known)
        budget.note(work: planned.work, seconds: result.seconds)
        hasFailed = hasFailed || !result.passed
        try await report(.finished(result))
      }
    }
    try await report(.completed)
  }

  /// The checks that `run` makes, in its order.
  public func checks() throws -> [Check] { try makePlan().map(\.check) }

  private func makePlan() throws -> [PlannedCheck] {
    var plan = OperationSuite.families.flatMap { family in
      family.cases.map {
        OperationCheck($0, family: family.name, backend: backend).planned(options)
      }
    }
    plan += StandardizationCheck.all.map { $0.planned(on: backend) }
    for network in try NetworkSuite.cases() + options.networks {
      plan += NetworkChecks(network, backend: backend, options: options).planned
    }
    // A stable order: of equal work the first listed comes first.
    plan = plan.enumerated()
      .sorted { ($0.element.work, $0.offset) < ($1.element.work, $1.offset) }.map(\.element)
    if let model = options.model, !options.images.isEmpty {
      plan += ImageChecks(model, backend: backend, options: options).planned
    }
    return plan.filter { options.kinds.contains($0.check.kind) }
  }

  /// - Parameter known: Brought up to date. Kernels that the device gives up for plainer ones
  ///   during a check, because they are wrong, are a fault of the device although all goes on.
  private func perform(
    _ planned: PlannedCheck, _ known: inout DeviceFacts
  ) async throws -> CheckResult {
    let start = ContinuousClock.now
    var outcome = PlannedCheck.Outcome()
    var failure: String?
    do {
      outcome = try await planned.run()
    } catch let error as CancellationError {
      throw error
    } catch {
      failure = "\(error)"
    }
    try Task.checkCancellation()
    let before = known.passedOver.count
    known = facts()
    if outcome.fault == nil, failure == nil {
      outcome.fault = known.passedOver.dropFirst(before).first(where: \.isFault).map {
        CheckResult.Fault(passedOver: $0)
      }
    }
    return CheckResult(
      planned.check, tensors: outcome.tensors, images: outcome.images, fault: outcome.fault,
      error: failure, seconds: (ContinuousClock.now - start) / .seconds(1))
  }
}

extension CheckResult.Fault {
  fileprivate init(passedOver kernels: DeviceFacts.PassedOver) {
    layer = kernels.kernels
    after = nil
    kernel = kernels.kernels
    summary =
      "the device does not run the \(kernels.kernels) kernels, which it would run best:"
      + " \(kernels.reason)"
  }
}
