import BigTransfer
import Foundation
import TestSupport
import Testing

/// Faults planted in a kernel that a plain comparison of results may miss; Scripts/mutate-kernels
/// plants hundreds.
@Suite(
  "kernels with a planted fault fail validate", .serialized,
  .enabled(if: !Device.all().isEmpty, "there is no OpenCL device"))
struct PlantedFaultTests {
  struct Fault: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let file: String
    let text: String
    let fault: String
  }

  static let faults = [
    Fault(
      testDescription: "a store behind the channels, which the next pixel overwrites",
      file: "max_pool.cl", text: "if (c >= out.w || ox >= out.y) return;", fault: ""),
    Fault(
      testDescription: "standardised weights for which the host would step in",
      file: "weight_standardization.cl", text: "exact_add(variance, epsilon)",
      fault: "exact_add(variance, 2.0f)"),
    Fault(
      testDescription: "an activation that is applied twice",
      file: "global_avg_pool.cl", text: "v = activate_values(v, activation);",
      fault: "v = activate_values(activate_values(v, activation), activation);"),
  ]

  @Test("it exits with 3", arguments: faults)
  func exitsWith3(_ planted: Fault) async throws {
    try await withTemporaryDirectory { folder in
      let kernels = folder.appending(path: "kernels")
      try FileManager.default.copyItem(
        at: BuiltCommand.root.appending(path: "Kernels"), to: kernels)
      let file = kernels.appending(path: planted.file)
      let source = try String(contentsOf: file, encoding: .utf8)
      try #require(source.contains(planted.text))
      try source.replacingOccurrences(of: planted.text, with: planted.fault)
        .write(to: file, atomically: true, encoding: .utf8)
      let result = try await BuiltCommand.run(
        ["validate", "--fail-fast", "-d", "opencl"],
        environment: ["BITCL_KERNELS": kernels.path, "XDG_CACHE_HOME": folder.path])
      #expect(result.status == 3, "\(result.output) \(result.errors)")
    }
  }
}
