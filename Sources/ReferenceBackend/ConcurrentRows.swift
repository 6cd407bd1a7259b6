/// Computes rows side by side on the machine's cores; each is one call of `row`.
/// - Returns: The rows, one after the other in their order.
/// - Throws: `CancellationError`.
func concurrentRows(
  _ count: Int, _ row: @escaping @Sendable (Int) -> [Double]
) async throws -> [Double] {
  try await withThrowingTaskGroup(of: (Int, [Double]).self) { group in
    for index in 0..<count {
      group.addTask {
        try Task.checkCancellation()
        return (index, row(index))
      }
    }
    var rows = [[Double]](repeating: [], count: count)
    for try await (index, elements) in group { rows[index] = elements }
    return Array(rows.joined())
  }
}
