import OpenCLRuntime
import Testing

extension OnDevice {
  @Suite("Launching kernels")
  struct LaunchTests {
    private let context: Context

    init() throws {
      context = try Context(device: TestDevice.required())
    }

    private func kernel(_ name: String, of source: ProgramSource) throws -> Kernel {
      try ProgramBuilder(context: context, cache: nil).build(source).resource.makeKernel(name)
    }

    @Test("a kernel writes what its arguments say")
    func fillKernel() throws {
      let queue = try CommandQueue(context: context)
      let kernel = try kernel("fill", of: ProgramSource(kernels: ["fill.cl"]))
      let buffer = try DeviceBuffer(in: context, byteCount: 1000 * 4)
      try queue.fill(buffer, with: Float(-1))
      try kernel.setArgument(0, buffer)
      try kernel.setArgument(1, Float(2.5))
      try kernel.setArgument(2, Int32(997))
      try queue.launch(kernel, global: WorkSize(1024), local: WorkSize(64))
      let values: [Float] = try queue.read(buffer, count: 1000)
      #expect(values == Array(repeating: 2.5, count: 997) + [-1, -1, -1])
      #expect(context.counters.launches == 1)
    }

    @Test("arguments of every kind arrive")
    func arguments() throws {
      let source = ProgramSource(
        name: "arguments",
        text: """
          kernel void mixed(global float *y, int4 i, float4 f, long l, local float *scratch) {
            const int at = get_local_id(0);
            scratch[at] = f.w;
            barrier(CLK_LOCAL_MEM_FENCE);
            y[get_global_id(1) * 2 + at] = scratch[1 - at] + i.y + (float)(l >> 32);
          }
          """)
      let queue = try CommandQueue(context: context)
      let kernel = try kernel("mixed", of: source)
      let buffer = try DeviceBuffer(in: context, byteCount: 16)
      try kernel.setArgument(0, buffer)
      try kernel.setArgument(1, SIMD4<Int32>(1, 20, 3, 4))
      try kernel.setArgument(2, SIMD4<Float>(0, 0, 0, 0.5))
      try kernel.setArgument(3, Int64(100) << 32)
      try kernel.setLocalMemory(4, byteCount: 8)
      try queue.launch(kernel, global: WorkSize(2, 1).times(WorkSize(1, 2)), local: WorkSize(2, 1))
      #expect(try queue.read(buffer, count: 4) == [Float](repeating: 120.5, count: 4))
      #expect(kernel.limits.maxWorkGroupSize >= 2)
    }

    @Test("wrong arguments and sizes are errors that name the kernel")
    func wrongLaunches() throws {
      let queue = try CommandQueue(context: context)
      let kernel = try kernel("fill", of: ProgramSource(kernels: ["fill.cl"]))
      let argument = try #require(throws: OpenCLError.self) {
        try kernel.setArgument(9, Float(1))
      }
      #expect(argument.description.contains("argument 9 of kernel fill"))
      for (global, local) in [(10, 3), (0, 1), (8, 0), (-8, 8)] {
        let error = try #require(throws: OpenCLError.self) {
          try queue.launch(kernel, global: WorkSize(global), local: WorkSize(local))
        }
        #expect(error.kind == .invalidRequest && error.description.contains("kernel fill"))
      }
      let tooLarge = 2 * context.device.limits.maxWorkGroupSize
      let buffer = try DeviceBuffer(in: context, byteCount: 4)
      try kernel.setArgument(0, buffer)
      try kernel.setArgument(1, Float(0))
      try kernel.setArgument(2, Int32(0))
      let error = try #require(throws: OpenCLError.self) {
        try queue.launch(kernel, global: WorkSize(tooLarge), local: WorkSize(tooLarge))
      }
      // The specification has a code for either limit, and drivers differ in which they check first.
      #expect(error.status == .invalidWorkGroupSize || error.status == .invalidWorkItemSize)
      #expect(error.advice != nil)
    }

    /// Runs long enough on any device to be seen running.
    private static let slow = ProgramSource(
      name: "slow",
      text: """
        kernel void slow(global float *y, int rounds) {
          float a = get_global_id(0);
          for (int i = 0; i < rounds; i++) a = fma(a, 0.999f, 0.1f);
          y[get_global_id(0)] = a;
        }
        """)

    // A simulator takes about a microsecond a step.
    private var rounds: Int32 { TestDevice.isOclgrind ? 100_000 : 50_000_000 }

    @Test("a profiled launch has a time")
    func profile() throws {
      let queue = try CommandQueue(context: context, profiling: true)
      let kernel = try kernel("slow", of: Self.slow)
      let buffer = try DeviceBuffer(in: context, byteCount: 4)
      try kernel.setArgument(0, buffer)
      try kernel.setArgument(1, rounds / 10)
      let event = try queue.launchWithEvent(kernel, global: WorkSize(1), local: WorkSize(1))
      try queue.wait(for: event)
      let profile = try event.profile()
      #expect(profile.nanoseconds > 0)
      #expect(profile.queued <= profile.ended)
    }

    @Test("a wait ends at its limit, and the queue goes on")
    func timeout() throws {
      let queue = try CommandQueue(context: context)
      let kernel = try kernel("slow", of: Self.slow)
      let buffer = try DeviceBuffer(in: context, byteCount: 4)
      try kernel.setArgument(0, buffer)
      try kernel.setArgument(1, Int32(1))
      try queue.launch(kernel, global: WorkSize(1), local: WorkSize(1))
      try queue.finish()
      // Oclgrind runs commands within the call that flushes them: nothing is left to wait for.
      guard !TestDevice.isOclgrind else { return }
      try kernel.setArgument(1, rounds)
      try queue.launch(kernel, global: WorkSize(1), local: WorkSize(1))
      let error = try #require(throws: OpenCLError.self) {
        try queue.finish(timeout: .milliseconds(1))
      }
      #expect(error.kind == .timedOut(waitingFor: "the device", seconds: 0.001))
      try queue.finish()
    }

    @Test("queues of one context wait for each other's events")
    func twoQueues() throws {
      let producer = try CommandQueue(context: context)
      let consumer = try CommandQueue(context: context)
      let kernel = try kernel("slow", of: Self.slow)
      let (first, second) = (
        try Shared(DeviceBuffer(in: context, byteCount: 4)),
        try Shared(DeviceBuffer(in: context, byteCount: 4))
      )
      try producer.fill(first.resource, with: Float(-1))
      try kernel.setArgument(0, first.resource)
      try kernel.setArgument(1, rounds / 10)
      let event = try producer.launchWithEvent(kernel, global: WorkSize(1), local: WorkSize(1))
      try producer.flush()
      try consumer.enqueueBarrier(after: event)
      try consumer.copy(first.resource, to: second.resource, byteCount: 4)
      let values: [Float] = try consumer.read(second.resource, count: 1)
      #expect(abs(values[0] - 100) < 1)
    }
  }
}
