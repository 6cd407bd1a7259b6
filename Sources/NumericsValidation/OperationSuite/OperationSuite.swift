import BiTModel
import ReferenceBackend

/// Cases that any backend must pass, judged by the oracle: every operation over the shapes and
/// parameters at which implementations go wrong, and short chains that fused plans rewrite.
public enum OperationSuite {
  /// Cases of one kind of operation.
  public struct Family: Sendable {
    public let name: String
    public let cases: [OperationCase]
  }

  public static let families = [
    Family(name: "convolution", cases: convolutionCases),
    Family(name: "large convolution", cases: largeConvolutionCases),
    Family(name: "pointwise convolution", cases: pointwiseConvolutionCases),
    Family(name: "group norm", cases: groupNormCases),
    Family(name: "activation", cases: activationCases),
    Family(name: "pooling", cases: poolingCases),
    Family(name: "head", cases: headCases),
    Family(name: "add", cases: addCases),
    Family(name: "inner tensor", cases: innerTensorCases),
    Family(name: "shifted moments", cases: shiftedMomentsCases),
    Family(name: "fused chain", cases: chainCases),
    Family(name: "precision", cases: precisionCases),
  ]

  public static let cases = families.flatMap(\.cases)

  /// Runs a case on a backend and judges it by the oracle.
  ///
  /// Where a case has several outputs, the last is also asked for alone: a plan is then free to
  /// fuse what leads to it.
  /// - Parameter isRepeated: A last row then says whether the last output has the same bits after the
  ///   network has run on other values: what they leave in a device's memory must not matter.
  /// - Throws: What the backend throws.
  public static func compare(
    _ operationCase: OperationCase, on backend: any Backend, seed: UInt64 = 0,
    isRepeated: Bool = false
  ) async throws -> [TensorResult] {
    let judge = try CutJudge(operationCase.network, weights: operationCase.weights)
    let runner = try await backend.prepare(
      operationCase.network, weights: operationCase.weights)
    let nodes = operationCase.outputs
    let input = operationCase.input(seed: seed)
    let together = try await Evidence(of: nodes, from: runner, input: input)
    let limit = operationCase.tolerance
    var rows = try await judge.judge(together, limit: limit)
    guard let last = nodes.last else { return rows }
    var alone = together
    if nodes.count > 1 {
      alone = try await Evidence(of: [last], from: runner, input: input)
      rows += try await judge.judge(alone, limit: limit).map {
        $0.renamed("\($0.name), fused")
      }
    }
    guard isRepeated else { return rows }
    _ = try await runner.run(input.shifted, returning: [last])
    let again = try await Evidence(of: [last], from: runner, input: input)
    rows.append(
      TensorResult(
        "\(operationCase.network.nodes[last].name), repeated", bits: alone.tensors[0],
        again: again.tensors[0], kernel: again.kernels[0]))
    return rows
  }

  static func shape(
    _ height: Int, _ width: Int, _ channels: Int, batch: Int = 1
  ) -> TensorShape {
    TensorShape(batch: batch, height: height, width: width, channels: channels)
  }
}
