import Foundation
import Testing

@Suite("Drivers that answer nonsense")
struct OddAnswerTests {
  /// Sizes of 0 and 2^63, texts that are empty, not UTF-8, or without an end.
  private static let answers = ["zero", "ones", "huge", "empty", "garbage"]

  @Test(
    "whatever clGetDeviceInfo says, images get their labels",
    arguments: ["clGetDeviceInfo", "clGetPlatformInfo", "clGetKernelWorkGroupInfo"])
  func information(_ entryPoint: String) async throws {
    let clean = try await FaultedRun.classify()
    let count = min(clean.ledger.calls(entryPoint), 40)
    for answer in Self.answers {
      // Each question alone, then all of them.
      let step = answer == "huge" ? 1 : 5
      for when in stride(from: 1, through: count, by: step).map({ "\($0)" }) + ["1+"] {
        let fault = "\(entryPoint)@\(when)=answer:\(answer)"
        let run = try await FaultedRun.classify(fault)
        #expect(run.status == 0, "\(fault): \(run.errors)")
        #expect(run.labels.map(String.init) == FaultWalkTests.labels, "\(fault): \(run.errors)")
        #expect(run.ledger.live.isEmpty, "\(fault): \(run.ledger.live)")
      }
    }
  }

  @Test(
    "platforms and devices that come and go between two questions",
    arguments: [
      "clGetPlatformIDs@1=count:0", "clGetPlatformIDs@1=count:4294967295",
      "clGetPlatformIDs@2=count:0", "clGetPlatformIDs@2=count:77", "clGetDeviceIDs@1=count:0",
      "clGetDeviceIDs@1=count:4294967295", "clGetDeviceIDs@2=count:0", "clGetDeviceIDs@2=count:77",
    ])
  func counts(_ fault: String) async throws {
    let run = try await FaultedRun.classify(fault)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.labels.map(String.init) == FaultWalkTests.labels, "\(run.errors)")
    let list = try await FaultedRun.run(["devices"], fault)
    #expect(list.status == 0, "\(list.errors)")
  }

  @Test("a build log of 100 MB becomes a message of readable length")
  func largeLog() async throws {
    let run = try await FaultedRun.classify(
      "clBuildProgram@1+=error:-11,clGetProgramBuildInfo@1+=answer:100000000")
    #expect(run.status == 0, "\(run.errors.prefix(2000))")
    #expect(run.labels.map(String.init) == FaultWalkTests.labels)
    #expect(run.errors.contains("CL_BUILD_PROGRAM_FAILURE"))
    #expect(run.errors.utf8.count < 50_000)
    #expect(run.ledger.live.isEmpty)
  }

  @Test("a command that ends badly is an error like any other")
  func failedCommand() async throws {
    for fault in ["clGetEventInfo@3=status:-5", "clGetEventInfo@3+=status:-5"] {
      let run = try await FaultedRun.classify(fault)
      #expect(run.status == 0, "\(fault): \(run.errors)")
      #expect(run.labels.map(String.init) == FaultWalkTests.labels, "\(fault): \(run.errors)")
      #expect(run.ledger.live.isEmpty, "\(fault): \(run.ledger.live)")
    }
  }
}
