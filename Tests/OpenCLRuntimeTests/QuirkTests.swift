import Foundation
import OpenCLRuntime
import TestSupport
import Testing

extension OnDevice {
  /// The evidence of the table of quirks: a kernel for each fault that can be shown by one, run on
  /// whatever device is under test.
  @Suite("Quirks")
  struct QuirkTests {
    @Test(
      "loops run to their end, except where the table says after how many rounds they do not",
      arguments: [(1, 60_000), (1, 200_000), (500, 400)])
    func longLoops(outer: Int, inner: Int) throws {
      let device = try TestDevice.required()
      let context = try Context(device: device)
      let queue = try CommandQueue(context: context)
      let kernel = try Program(source("long-loop"), in: context).makeKernel("long_loop")
      let counted = try DeviceBuffer(in: context, byteCount: 12)
      try queue.write([0, 1, 1] as [Int32], to: counted)
      try kernel.setArgument(0, counted)
      try kernel.setArgument(1, Int32(outer))
      try kernel.setArgument(2, Int32(inner))
      try queue.launch(kernel, global: WorkSize(1), local: WorkSize(1))
      let rounds = Int(try queue.read(counted, as: Int32.self, count: 3)[0])
      guard let limit = device.quirks.loopIterationLimit, outer * inner > limit else {
        #expect(rounds == outer * inner, "a fault that the table lacks")
        return
      }
      #expect(rounds <= limit, "the fault is gone: end its row before this version")
    }

    private func source(_ name: String) throws -> ProgramSource {
      let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Quirks/\(name).cl")
      return ProgramSource(name: "\(name).cl", text: try String(contentsOf: file, encoding: .utf8))
    }
  }
}
