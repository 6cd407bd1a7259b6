import Testing

@Suite("Who waits for a device")
struct WaitingTests {
  @Test("is told what takes the time")
  func slowBuild() async throws {
    let run = try await FaultedRun.classify("clBuildProgram@1=delay:3")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("compiles the kernels"), "\(run.errors)")
    let quiet = try await FaultedRun.classify("clBuildProgram@1=delay:3", options: ["-q"])
    #expect(quiet.errors.isEmpty)
  }
}
