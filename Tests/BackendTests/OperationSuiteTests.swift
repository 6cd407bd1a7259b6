import BiTModel
import NumericsValidation
import Testing

struct OperationSuiteTests {
  @Test(
    "an operation matches the reference", arguments: OperationSuite.cases, Backends.all)
  func matchesReference(_ operation: OperationCase, _ tested: BackendUnderTest) async throws {
    let rows = try await OperationSuite.compare(operation, on: tested.available())
    for row in rows { #expect(row.passed, "\(row)") }
  }

  @Test("every case has a name of its own")
  func namesAreUnique() {
    let names = OperationSuite.cases.map(\.name)
    #expect(Set(names).count == names.count)
  }
}
