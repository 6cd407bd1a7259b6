import OpenCLRuntime
import Testing

extension OnDevice {
  @Suite("Buffers")
  struct BufferTests {
    private let context: Context

    init() throws {
      context = try Context(device: TestDevice.required())
    }

    @Test("what is written is read back, and counted", arguments: [1, 13, 4096])
    func roundTrip(count: Int) throws {
      let queue = try CommandQueue(context: context)
      let values = (0..<count).map { Float($0) * 0.5 }
      let buffer = try DeviceBuffer(in: context, byteCount: count * 4)
      try queue.write(values, to: buffer)
      #expect(try queue.read(buffer, count: count) == values)
      let counters = context.counters
      #expect(counters.bytesUploaded == count * 4 && counters.bytesDownloaded == count * 4)
      #expect(counters.buffersCreated == 1 && counters.bytesAllocated == count * 4)
    }

    @Test("a buffer made with contents has them")
    func contents() throws {
      let queue = try CommandQueue(context: context)
      let values: [Int32] = [3, 1, 4, 1, 5]
      let buffer = try DeviceBuffer(in: context, copying: values.span.bytes, access: .readOnly)
      #expect(try queue.read(buffer, at: 4, as: Int32.self, count: 3) == [1, 4, 1])
      #expect(context.counters.bytesUploaded == 20)
    }

    @Test("enqueued transfers, fills and copies happen in order")
    func enqueued() throws {
      let queue = try CommandQueue(context: context)
      let first = try DeviceBuffer(in: context, byteCount: 16)
      let second = try DeviceBuffer(in: context, byteCount: 16)
      try queue.fill(first, with: Int32(7))
      try queue.fill(second, with: UInt8(0))
      try queue.copy(first, at: 4, to: second, at: 8, byteCount: 8)
      let destination = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 16)
      defer { destination.deallocate() }
      let event = try queue.enqueueRead(second, into: destination)
      try queue.wait(for: event)
      #expect(Array(destination.bindMemory(to: Int32.self)) == [0, 0, 7, 7])
      destination.copyBytes(from: [UInt8](repeating: 1, count: 16))
      let upload = try queue.enqueueWrite(from: UnsafeRawBufferPointer(destination), to: first)
      try queue.wait(for: upload)
      #expect(try queue.read(first, as: UInt8.self, count: 16) == [UInt8](repeating: 1, count: 16))
    }

    @Test("a sub-buffer is a window on its parent and outlives its owner")
    func subBuffer() throws {
      let queue = try CommandQueue(context: context)
      let offset = context.device.limits.aligned(1)
      let parent = Shared(try DeviceBuffer(in: context, byteCount: 2 * offset))
      try queue.fill(parent.resource, with: Float(1))
      let part = try window(of: parent, at: offset)
      try queue.write([2, 3] as [Float], to: part)
      #expect(try queue.read(parent.resource, at: offset - 4, count: 4) == [1, 2, 3, 1] as [Float])
      #expect(context.counters.buffersCreated == 1 && context.counters.subBuffersCreated == 1)
      let orphan = try windowOfTemporary(at: offset)
      try queue.write([5] as [Float], to: orphan)
      #expect(try queue.read(orphan, count: 1) == [5] as [Float])
    }

    private func window(of parent: Shared<DeviceBuffer>, at offset: Int) throws -> DeviceBuffer {
      try parent.resource.subBuffer(at: offset, byteCount: 12, in: context)
    }

    private func windowOfTemporary(at offset: Int) throws -> DeviceBuffer {
      let parent = try DeviceBuffer(in: context, byteCount: 2 * offset)
      return try parent.subBuffer(at: offset, byteCount: 12, in: context)
    }

    @Test("what lies outside of a buffer or of the device is an error before any call")
    func ranges() throws {
      let queue = try CommandQueue(context: context)
      let buffer = try DeviceBuffer(in: context, byteCount: 256)
      for (offset, count) in [(0, 65), (256, 1), (-4, 1), (.max, 1), (0, -1), (0, .max)] {
        let error = try #require(throws: OpenCLError.self) {
          let _: [Float] = try queue.read(buffer, at: offset, count: count)
        }
        #expect(error.kind == .invalidRequest, "\(offset), \(count)")
      }
      for size in [0, -1, context.device.limits.largestAllocation + 1] {
        let error = try #require(throws: OpenCLError.self) {
          _ = try DeviceBuffer(in: context, byteCount: size)
        }
        #expect(error.kind == .invalidRequest, "\(size)")
      }
      #expect(throws: OpenCLError.self) {
        _ = try buffer.subBuffer(at: 1, byteCount: 4, in: context)
      }
      #expect(throws: OpenCLError.self) {
        _ = try buffer.subBuffer(at: 0, byteCount: 257, in: context)
      }
    }
  }
}
