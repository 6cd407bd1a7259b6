import OpenCLRuntime
import Testing

@Suite("Launching kernels", .enabled(if: TestDevice.isPresent, TestDevice.skipReason))
struct LaunchTests {
  @Test("a kernel writes what its arguments say")
  func fillKernel() throws {
    let context = try Context(device: TestDevice.required())
    let queue = try CommandQueue(context: context)
    let program = try ProgramBuilder(context: context, cache: nil)
      .build(ProgramSource(kernels: ["fill.cl"]))
    let kernel = try program.resource.makeKernel("fill")
    let buffer = try DeviceBuffer(in: context, byteCount: 1000 * 4)
    try queue.fill(buffer, with: Float(-1))
    try kernel.setArgument(0, buffer)
    try kernel.setArgument(1, Float(2.5))
    try kernel.setArgument(2, Int32(997))
    try queue.launch(kernel, global: WorkSize(1024), local: WorkSize(64))
    let values: [Float] = try queue.read(buffer, count: 1000)
    #expect(values == Array(repeating: 2.5, count: 997) + [-1, -1, -1])
  }
}
