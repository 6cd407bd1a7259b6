import BiTModel
import NumericsValidation
import OpenCLRuntime
import TestSupport
import Testing

struct OperationSuiteTests {
  @Test(
    "an operation matches the reference", arguments: cases, Backends.all)
  func matchesReference(_ operation: OperationCase, _ tested: BackendUnderTest) async throws {
    do {
      let rows = try await OperationSuite.compare(operation, on: tested.available().watched)
      for row in rows { #expect(row.passed, "\(row)") }
    } catch let error as OpenCLError where error.kind == .knownFault {
      try Test.cancel("\(error)")
    }
  }

  private static let cases =
    TestScope.current == .smallShapes
    ? OperationSuite.cases.filter(\.isSmall) : OperationSuite.cases

  @Test("every case has a name of its own")
  func namesAreUnique() {
    let names = OperationSuite.cases.map(\.name)
    #expect(Set(names).count == names.count)
  }
}
