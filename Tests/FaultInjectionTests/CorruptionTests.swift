import Foundation
import Testing

@Suite("Results that are corrupted on their way")
struct CorruptionTests {
  /// Of every result that is read: one bit, one NaN, or every value a quarter larger.
  private static let ways = ["bit", "nan", "scale"]

  @Test("--paranoid notices, and no label is lost", arguments: ways)
  func paranoid(_ how: String) async throws {
    // An image a batch: the middle of what is read for two is the padding between them.
    let options = ["--no-self-check", "--batch", "1"]
    // The kernels are chosen and found sound before the first read that is corrupted.
    let clean = try await FaultedRun.classify(options: options)
    let first = clean.ledger.calls("clEnqueueReadBuffer") - FaultedRun.images.count + 1
    let run = try await FaultedRun.classify(
      "clEnqueueReadBuffer@\(first)+=corrupt:\(how)", options: options + ["--paranoid", "1"])
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.labels.map(String.init) == FaultWalkTests.labels, "\(run.errors)")
    #expect(run.errors.contains("takes over"), "\(run.errors)")
    #expect(run.ledger.live.isEmpty, "\(run.ledger.live)")
  }

  @Test("the self-check notices before any image is classified", arguments: ways)
  func selfCheck(_ how: String) async throws {
    // What passed earlier would be believed.
    let unremembered = ["BITCL_NO_CACHE": "1"]
    let unchecked = try await FaultedRun.classify(
      options: ["--no-self-check"], environment: unremembered)
    // Behind those of the kernels' choice, all reads of which come before the two of the images.
    let first = unchecked.ledger.calls("clEnqueueReadBuffer") - 1
    let run = try await FaultedRun.classify(
      "clEnqueueReadBuffer@\(first)+=corrupt:\(how)", environment: unremembered)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.labels.map(String.init) == FaultWalkTests.labels, "\(run.errors)")
    #expect(run.errors.contains("the self-check failed"), "\(run.errors)")
    #expect(run.ledger.live.isEmpty, "\(run.ledger.live)")
  }
}
