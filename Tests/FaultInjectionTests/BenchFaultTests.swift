import Foundation
import Testing

@Suite("bench on devices that fail")
struct BenchFaultTests {
  private static let arguments = [
    "bench", "-m", "demo", "-d", "opencl", "--no-self-check", "--warmup", "0", "--iterations", "5",
    "--batch", "1,2", "--format", "json",
  ]

  @Test("a device that fails midway ends it: no figure of another device passes for its own")
  func midway() async throws {
    let arguments = Self.arguments + ["--no-peak"]
    let clean = try await FaultedRun.run(arguments, "")
    #expect(clean.status == 0, "\(clean.errors)")
    #expect(clean.output.split(separator: "\n").count == 2)
    // Each of the five runs uploads its input once, however many launches it takes: in the midst of
    // the second batch size.
    let uploads = clean.ledger.calls("clEnqueueWriteBuffer")
    let run = try await FaultedRun.run(arguments, "clEnqueueWriteBuffer@\(uploads - 2)+=error:-36")
    #expect(run.status == 69, "\(run.errors)")
    #expect(run.errors.contains("failed at"), "\(run.errors)")
    let rows = run.output.split(separator: "\n")
    #expect(rows.count == 1 && rows[0].contains(#""batch":1,"#), "\(run.output)")
  }

  @Test("without a peak everything else is measured")
  func noPeak() async throws {
    let arguments = Self.arguments + ["-v"]
    let unmeasured = try await FaultedRun.run(arguments + ["--no-peak"], "")
    // The loop's program comes after the network's.
    let builds = unmeasured.ledger.calls("clBuildProgram")
    let run = try await FaultedRun.run(arguments, "clBuildProgram@\(builds + 1)+=error:-11")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("peak could not be measured"), "\(run.errors)")
    #expect(run.output.split(separator: "\n").count == 2)
    #expect(!run.output.contains("share_of_peak"))
  }
}
