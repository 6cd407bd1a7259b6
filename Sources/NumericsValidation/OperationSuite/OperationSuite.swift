import BiTModel
import ReferenceBackend

/// Cases that any backend must pass, judged by the oracle: every operation over the shapes and
/// parameters at which implementations go wrong, and short chains that fused plans rewrite.
public enum OperationSuite {
  public static let cases =
    convolutionCases + groupNormCases + activationCases + poolingCases + headCases + addCases
    + chainCases

  /// Runs a case on a backend and on the oracle.
  ///
  /// Where a case has several outputs, the last is also asked for alone: a plan is then free to
  /// fuse what leads to it.
  /// - Throws: What the backend throws.
  public static func compare(
    _ operationCase: OperationCase, on backend: any Backend
  ) async throws -> [TensorComparison] {
    let (network, input) = (operationCase.network, operationCase.input)
    let nodes = operationCase.outputs.map(\.node)
    let expected = try await ReferenceBackend()
      .makeRunner(network, weights: operationCase.weights).evaluate(input, returning: nodes)
    let runner = try await backend.prepare(network, weights: operationCase.weights)
    let found = try await runner.run(input, returning: nodes)
    var rows = zip(operationCase.outputs, zip(expected, found)).map { output, tensors in
      TensorComparison(
        network.nodes[output.node].name, expected: tensors.0, found: tensors.1,
        tolerance: output.tolerance)
    }
    if nodes.count > 1, let last = operationCase.outputs.last, let expected = expected.last {
      let alone = try await runner.run(input, returning: [last.node])
      rows.append(
        TensorComparison(
          network.nodes[last.node].name + " alone", expected: expected, found: alone[0],
          tolerance: last.tolerance))
    }
    return rows
  }

  static func shape(
    _ height: Int, _ width: Int, _ channels: Int, batch: Int = 1
  ) -> TensorShape {
    TensorShape(batch: batch, height: height, width: width, channels: channels)
  }
}
