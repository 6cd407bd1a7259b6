import Foundation
import Testing

@Suite("Calls that never return", .serialized)
struct HangTests {
  /// Each early and in the middle of the work, where there is a middle.
  private static let places = [
    "clGetPlatformIDs@1", "clGetPlatformIDs@2", "clGetPlatformInfo@2", "clGetDeviceIDs@1",
    "clGetDeviceInfo@9", "clCreateContext@1", "clCreateCommandQueue@1", "clCreateCommandQueue@2",
    "clCreateBuffer@1", "clCreateBuffer@60", "clCreateSubBuffer@40", "clCreateProgramWithSource@2",
    "clBuildProgram@1", "clBuildProgram@6", "clCreateKernel@20", "clGetKernelWorkGroupInfo@9",
    "clSetKernelArg@400", "clEnqueueWriteBuffer@1", "clEnqueueWriteBuffer@3",
    "clEnqueueNDRangeKernel@1", "clEnqueueNDRangeKernel@80", "clEnqueueMarkerWithWaitList@5",
    "clFlush@30", "clGetEventInfo@25", "clEnqueueReadBuffer@2", "clEnqueueReadBuffer@4",
    "clReleaseEvent@3", "clReleaseMemObject@2", "clReleaseMemObject@90", "clReleaseKernel@1",
    "clReleaseProgram@1", "clReleaseCommandQueue@1", "clReleaseContext@1",
  ]

  @Test("a call that hangs costs its time limit, and the process ends with the right labels")
  func walk() async throws {
    let clean = try await FaultedRun.classify()
    // Most of the time nothing runs at all.
    let width = 2 * ProcessInfo.processInfo.activeProcessorCount
    var slowest = Duration.zero
    try await withThrowingTaskGroup(of: (String, FaultedRun).self) { group in
      // Behind an error as well: what is given back then may hang, too.
      var rest = (Self.places + ["clCreateKernel@9=error:-5,clReleaseMemObject@1"])[...]
      func startNext() {
        guard let place = rest.popFirst() else { return }
        group.addTask {
          (place, try await FaultedRun.classify("\(place)=hang", options: Self.impatience))
        }
      }
      for _ in 0..<width { startNext() }
      for try await (place, run) in group {
        startNext()
        Self.check(place, run)
        slowest = max(slowest, run.duration)
      }
    }
    print("hangs: \(Self.places.count) places, the slowest run \(slowest); clean \(clean.duration)")
  }

  private static let impatience = ["--device-timeout", "6"]

  private static func check(_ place: String, _ run: FaultedRun) {
    #expect(run.status == 0, "\(place): \(run.errors)")
    #expect(run.labels.map(String.init) == FaultWalkTests.labels, "\(place): \(run.errors)")
    #expect(run.duration < .seconds(60), "\(place)")
  }

  @Test("a device that computes for ever in a call is given up as well")
  func spinning() async throws {
    let run = try await FaultedRun.classify(
      "clSetKernelArg@30=spin", options: Self.impatience)
    Self.check("clSetKernelArg@30", run)
    #expect(run.errors.contains("clSetKernelArg took longer than"), "\(run.errors)")
  }

  @Test("commands that never end, and calls that come back late")
  func lateness() async throws {
    let never = try await FaultedRun.classify(
      "clGetEventInfo@9+=status:3", options: Self.impatience)
    Self.check("an event that is never complete", never)
    let late = try await FaultedRun.classify(
      "clCreateKernel@3=delay:12", options: Self.impatience)
    Self.check("a late kernel", late)
    let slow = try await FaultedRun.classify("clCreateKernel@3=delay:3")
    Self.check("a slow kernel", slow)
    #expect(slow.ledger.live.isEmpty)
    #expect(!slow.errors.contains("cpu ("), "\(slow.errors)")
  }
}
