internal import COpenCL

extension CommandQueue {
  /// Writes `bytes` to the buffer and waits until they are taken.
  ///
  /// What was enqueued before is waited for first, with the limit: the copy itself has none, for
  /// `bytes` must not go away while the driver reads them.
  package func write(
    _ bytes: RawSpan, to buffer: borrowing DeviceBuffer, at offset: Int = 0,
    timeout: Duration = defaultTimeout
  ) throws(OpenCLError) {
    let count = bytes.byteCount
    try buffer.checkRange(offset: offset, count: count)
    guard count > 0 else { return }
    try finish(timeout: timeout)
    let (queue, memory) = (handle, buffer.handle)
    let status = bytes.withUnsafeBytes {
      clEnqueueWriteBuffer(
        queue, memory, cl_bool(CL_TRUE), offset, count, $0.baseAddress, 0, nil, nil)
    }
    try OpenCLError.check(status, "clEnqueueWriteBuffer", device: label)
    context.counterStore.update { $0.bytesUploaded += count }
  }

  package func write<Element: BitwiseCopyable>(
    _ elements: [Element], to buffer: borrowing DeviceBuffer, at offset: Int = 0
  ) throws(OpenCLError) {
    try write(elements.span.bytes, to: buffer, at: offset)
  }

  /// Fills `destination` from the buffer, after everything enqueued before.
  package func read(
    _ buffer: borrowing DeviceBuffer, at offset: Int = 0, into destination: inout MutableRawSpan,
    timeout: Duration = defaultTimeout
  ) throws(OpenCLError) {
    let count = destination.byteCount
    try buffer.checkRange(offset: offset, count: count)
    guard count > 0 else { return }
    try finish(timeout: timeout)
    let (queue, memory) = (handle, buffer.handle)
    let status = destination.withUnsafeMutableBytes {
      clEnqueueReadBuffer(
        queue, memory, cl_bool(CL_TRUE), offset, count, $0.baseAddress, 0, nil, nil)
    }
    try OpenCLError.check(status, "clEnqueueReadBuffer", device: label)
    context.counterStore.update { $0.bytesDownloaded += count }
  }

  /// `count` elements from byte `offset` on, after everything enqueued before.
  package func read<Element: BitwiseCopyable & ExpressibleByIntegerLiteral>(
    _ buffer: borrowing DeviceBuffer, at offset: Int = 0, as type: Element.Type = Element.self,
    count: Int, timeout: Duration = defaultTimeout
  ) throws(OpenCLError) -> [Element] {
    // Before the array is allocated.
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    try buffer.checkRange(offset: offset, count: overflow ? -1 : bytes)
    var elements = [Element](repeating: 0, count: count)
    var span = elements.mutableSpan
    var raw = span.mutableBytes
    try read(buffer, at: offset, into: &raw, timeout: timeout)
    return elements
  }

  /// Enqueues a write; `source` must stay valid and unchanged until the event is complete.
  package func enqueueWrite(
    from source: UnsafeRawBufferPointer, to buffer: borrowing DeviceBuffer, at offset: Int = 0
  ) throws(OpenCLError) -> Event {
    try buffer.checkRange(offset: offset, count: source.count)
    var event: cl_event?
    try OpenCLError.check(
      clEnqueueWriteBuffer(
        handle, buffer.handle, cl_bool(CL_FALSE), offset, source.count, source.baseAddress, 0, nil,
        &event), "clEnqueueWriteBuffer", device: label)
    context.counterStore.update { $0.bytesUploaded += source.count }
    return try owned(event, "clEnqueueWriteBuffer")
  }

  /// Enqueues a read; `destination` must stay valid and untouched until the event is complete.
  package func enqueueRead(
    _ buffer: borrowing DeviceBuffer, at offset: Int = 0,
    into destination: UnsafeMutableRawBufferPointer
  ) throws(OpenCLError) -> Event {
    try buffer.checkRange(offset: offset, count: destination.count)
    var event: cl_event?
    try OpenCLError.check(
      clEnqueueReadBuffer(
        handle, buffer.handle, cl_bool(CL_FALSE), offset, destination.count,
        destination.baseAddress, 0, nil, &event), "clEnqueueReadBuffer", device: label)
    context.counterStore.update { $0.bytesDownloaded += destination.count }
    return try owned(event, "clEnqueueReadBuffer")
  }

  /// Enqueues setting `byteCount` bytes (all that follow `offset` if nil) to repetitions of
  /// `pattern`, whose size (1, 2, 4, … 128) must divide both.
  package func fill<Pattern: BitwiseCopyable>(
    _ buffer: borrowing DeviceBuffer, with pattern: Pattern, at offset: Int = 0,
    byteCount: Int? = nil
  ) throws(OpenCLError) {
    let count = byteCount ?? buffer.byteCount - offset
    try buffer.checkRange(offset: offset, count: count)
    guard count > 0 else { return }
    let (queue, memory) = (handle, buffer.handle)
    let status = withUnsafeBytes(of: pattern) {
      clEnqueueFillBuffer(queue, memory, $0.baseAddress, $0.count, offset, count, 0, nil, nil)
    }
    try OpenCLError.check(status, "clEnqueueFillBuffer", device: label)
  }

  /// Enqueues a copy on the device; the two regions must not overlap.
  package func copy(
    _ source: borrowing DeviceBuffer, at sourceOffset: Int = 0,
    to destination: borrowing DeviceBuffer, at destinationOffset: Int = 0, byteCount: Int
  ) throws(OpenCLError) {
    try source.checkRange(offset: sourceOffset, count: byteCount)
    try destination.checkRange(offset: destinationOffset, count: byteCount)
    guard byteCount > 0 else { return }
    try OpenCLError.check(
      clEnqueueCopyBuffer(
        handle, source.handle, destination.handle, sourceOffset, destinationOffset, byteCount, 0,
        nil, nil), "clEnqueueCopyBuffer", device: label)
  }
}
