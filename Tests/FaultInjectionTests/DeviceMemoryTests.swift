import Foundation
import Testing

@Suite("Devices with too little memory")
struct DeviceMemoryTests {
  private static let model = "random:R50x1@64"
  private static let arguments = ["bench", "-m", model, "--warmup", "0", "--iterations", "1"]

  @Test("a device that cannot hold the weights is told apart before it is made busy; cpu answers")
  func weights() async throws {
    let run = try await FaultedRun.run(
      Self.arguments + ["--device-memory", "90MB", "--format", "json"], "")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains(#""device":"cpu""#), "\(run.output)")
    // 102.2 MB of weights, with plain kernels since transformed ones do not fit either; the largest kernel
    // has 512 x 512 x 3 x 3 elements of 4 bytes.
    let need = try #require(run.errors.firstMatch(of: /needs ([0-9.]+) MB/), "\(run.errors)")
    #expect((111.64...111.66).contains(try #require(Double(need.1))), "\(run.errors)")
    #expect(run.errors.contains("there are 90.00 MB"), "\(run.errors)")
    #expect(run.errors.contains("cpu takes over"))
    #expect(run.ledger.calls("clCreateContext") == 0)
    #expect(run.ledger.made("memory") == 0)
  }

  @Test("what a run computes in counts as well, for the size that will be run")
  func arena() async throws {
    let large = ["--device-memory", "150MB", "--size", "1024"]
    let refused = try await FaultedRun.run(Self.arguments + large + ["--strict-device"], "")
    #expect(refused.status == 69)
    #expect(refused.errors.contains("to compute an input of [1, 1024, 1024, 3]"))
    #expect(refused.ledger.calls("clCreateContext") == 0)
    let small = try await FaultedRun.run(
      Self.arguments + ["--device-memory", "150MB", "--strict-device"], "")
    #expect(small.status == 0, "\(small.errors)")
    #expect(small.ledger.made("memory") > 0)
  }

  @Test("where transformed kernels would not fit, plain ones do")
  func transformedKernels() async throws {
    let arguments = Self.arguments + ["--operations", "--no-peak", "--strict-device", "--size"]
    let free = try await FaultedRun.run(arguments + ["448"], "")
    #expect(free.output.contains("conv2d_winograd"), "\(free.output)")
    // Plain kernels need 134 MB, at the size that is expected as at one that comes later.
    for sizes in ["448", "32,448"] {
      let run = try await FaultedRun.run(arguments + [sizes, "--device-memory", "150MB"], "")
      #expect(run.status == 0, "\(run.errors)")
      // At 32 the transformed kernels of the first stage, 64 channels, fit as well.
      let large = try #require(run.output.firstRange(of: "448x448"), "\(run.output)")
      let steps = run.output[large.upperBound...]
      #expect(steps.contains("conv2d_vector"), "\(run.output)")
      #expect(!steps.contains("conv2d_winograd"), "\(run.output)")
    }
  }

  @Test("a batch that does not fit is divided, as long as one image does")
  func batches() async throws {
    let run = try await FaultedRun.run(
      Self.arguments
        + ["--device-memory", "125MB", "--batch", "64", "--strict-device", "--format", "json"], "")
    #expect(run.status == 0, "\(run.errors)")
    #expect(!run.output.contains(#""device":"cpu""#), "\(run.output)")
  }
}
