import BiTModel

/// One case of the operation suite as a check.
struct OperationCheck: Sendable {
  let operation: OperationCase
  let family: String
  let backend: any Backend

  init(_ operation: OperationCase, family: String, backend: any Backend) {
    self.operation = operation
    self.family = family
    self.backend = backend
  }

  func planned(_ options: ValidationOptions) -> PlannedCheck {
    let runs = operation.outputs.count > 1 ? 2.0 : 1.0
    return PlannedCheck(
      check: Check(.operation, group: family, name: operation.name),
      work: runs * operation.network.work(forInput: operation.shape)
    ) {
      let rows = try await OperationSuite.compare(
        operation, on: backend.watched, seed: options.seed, isRepeated: options.repeats > 1)
      let fault = rows.first { !$0.passed }.map { CheckResult.Fault(wrong: $0) }
      return PlannedCheck.Outcome(tensors: rows, fault: fault)
    }
  }
}

extension CheckResult.Fault {
  /// A tensor that is wrong by itself.
  init(wrong row: TensorResult) {
    layer = row.name
    after = nil
    kernel = row.kernel
    summary =
      "\(row.name) is wrong for what it read" + (row.kernel.map { " (\($0))" } ?? "")
  }
}
