internal import COpenCL

/// An in-order queue of commands for a device. Owns its `cl_command_queue`.
package struct CommandQueue: ~Copyable, @unchecked Sendable {
  // Sendable: the handle never changes, and OpenCL's calls on queues may come from any thread.
  package let context: Context
  package let isProfiling: Bool
  let handle: cl_command_queue

  /// - Parameter profiling: whether events will have times, which costs some drivers a little.
  package init(context: Context, profiling: Bool = false) throws(OpenCLError) {
    var status: cl_int = 0
    let device = context.device
    let properties = profiling ? cl_command_queue_properties(CL_QUEUE_PROFILING_ENABLE) : 0
    // The call of OpenCL 1.2, which later versions keep: the library may be that old.
    let queue = clCreateCommandQueue(context.handle, device.handle.raw, properties, &status)
    try OpenCLError.check(status, "clCreateCommandQueue", device: device.label)
    guard let queue else {
      throw .call("clCreateCommandQueue", .invalidValue, device: device.label, detail: "no handle")
    }
    self.context = context
    isProfiling = profiling
    handle = queue
  }

  deinit {
    if !context.isGivenUp { clReleaseCommandQueue(handle) }
  }

  var label: String { context.device.label }

  // MARK: Launches

  /// Enqueues a kernel whose arguments are set.
  ///
  /// - Parameters:
  ///   - global: work-items in all, a multiple of `local` in every dimension.
  ///   - local: work-items a group; nil leaves it to the driver.
  package func launch(
    _ kernel: borrowing Kernel, global: WorkSize, local: WorkSize? = nil
  ) throws(OpenCLError) {
    try enqueue(kernel, global, local, event: nil)
  }

  /// Enqueues a kernel and returns its event.
  package func launchWithEvent(
    _ kernel: borrowing Kernel, global: WorkSize, local: WorkSize? = nil
  ) throws(OpenCLError) -> Event {
    var event: cl_event?
    try enqueue(kernel, global, local, event: &event)
    return try owned(event, "clEnqueueNDRangeKernel")
  }

  private func enqueue(
    _ kernel: borrowing Kernel, _ global: WorkSize, _ local: WorkSize?,
    event: UnsafeMutablePointer<cl_event?>?
  ) throws(OpenCLError) {
    var group = WorkSize(1)
    if let local { group = local }
    guard global.isPositive, group.isPositive, global.isMultiple(of: group) else {
      throw OpenCLError(
        .invalidRequest, device: label,
        detail: "kernel \(kernel.name): \(global) work-items in groups of \(group)")
    }
    var globalValues = global.values
    var localValues = group.values
    let status = withUnsafeBytes(of: &globalValues) { globalBytes in
      withUnsafeBytes(of: &localValues) { localBytes in
        clEnqueueNDRangeKernel(
          handle, kernel.handle, cl_uint(max(global.dimensions, group.dimensions)), nil,
          globalBytes.assumingMemoryBound(to: Int.self).baseAddress,
          local == nil ? nil : localBytes.assumingMemoryBound(to: Int.self).baseAddress,
          0, nil, event)
      }
    }
    guard status == CL_SUCCESS else {
      let size = local.map { "\(global) work-items in groups of \($0)" } ?? "\(global) work-items"
      throw .call(
        "clEnqueueNDRangeKernel", OpenCLStatus(status), device: label,
        detail: "kernel \(kernel.name), \(size)")
    }
    context.counterStore.update { $0.launches += 1 }
  }

  // MARK: Order

  /// Hands everything enqueued to the device, without waiting.
  package func flush() throws(OpenCLError) {
    try OpenCLError.check(clFlush(handle), "clFlush", device: label)
  }

  /// An event that is complete when everything enqueued so far is.
  package func marker() throws(OpenCLError) -> Event {
    var event: cl_event?
    try OpenCLError.check(
      clEnqueueMarkerWithWaitList(handle, 0, nil, &event), "clEnqueueMarkerWithWaitList",
      device: label)
    return try owned(event, "clEnqueueMarkerWithWaitList")
  }

  /// Makes what is enqueued from now on wait for a command of another queue of the same context.
  package func enqueueBarrier(after event: borrowing Event) throws(OpenCLError) {
    var awaited: cl_event? = event.handle
    try OpenCLError.check(
      clEnqueueBarrierWithWaitList(handle, 1, &awaited, nil), "clEnqueueBarrierWithWaitList",
      device: label)
  }

  func owned(_ event: cl_event?, _ call: String) throws(OpenCLError) -> Event {
    guard let event else {
      throw .call(call, .invalidValue, device: label, detail: "no event")
    }
    return Event(handle: event, device: label)
  }
}
