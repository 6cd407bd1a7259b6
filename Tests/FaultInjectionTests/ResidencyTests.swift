import Foundation
import Testing

@Suite("What stays on the device")
struct LedgerResidencyTests {
  /// The same image `count` times, one a batch.
  private func run(batches count: Int) async throws -> Ledger {
    let images = Array(repeating: "Samples/digit-0-a.png", count: count)
    let run = try await FaultedRun.run(
      ["classify", "-k1", "--batch", "1", "-m", "demo", "--format", "csv"] + images, "")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.labels.count == count)
    return run.ledger
  }

  @Test("a further image costs its own pixels and logits, and no object")
  func furtherImages() async throws {
    _ = try await run(batches: 1)
    let (one, four) = (try await run(batches: 1), try await run(batches: 4))
    // The demo takes 32 x 32 pixels of three channels, and knows ten digits.
    #expect(four.bytes("written") - one.bytes("written") == 3 * 32 * 32 * 3 * 4)
    // The logits; and after a plan that is one launch, a word a launch that tells whether all is done.
    let reads = four.calls("clEnqueueReadBuffer") - one.calls("clEnqueueReadBuffer")
    #expect(reads >= 3)
    #expect(four.bytes("read") - one.bytes("read") == 3 * 10 * 4 + (reads - 3) * 4)
    for object in ["context", "queue", "memory", "program", "kernel"] {
      #expect(four.made(object) == one.made(object), "\(object)")
    }
    for entryPoint in ["clCreateBuffer", "clBuildProgram", "clCreateKernel", "clSetKernelArg"] {
      #expect(four.calls(entryPoint) == one.calls(entryPoint), "\(entryPoint)")
    }
    #expect(four.calls("clEnqueueWriteBuffer") - one.calls("clEnqueueWriteBuffer") == 3)
    #expect(one.live.isEmpty && four.live.isEmpty)
  }
}
