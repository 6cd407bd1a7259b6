/// A check that is still to be made.
struct PlannedCheck: Sendable {
  /// What a check delivers besides its name and the time it took.
  struct Outcome: Sendable {
    var tensors: [TensorResult] = []
    var images: [ImageResult] = []
    var fault: CheckResult.Fault?
  }

  let check: Check
  /// The arithmetic that it asks of the device, in multiply-accumulates.
  let work: Double
  let run: @Sendable () async throws -> Outcome
}
