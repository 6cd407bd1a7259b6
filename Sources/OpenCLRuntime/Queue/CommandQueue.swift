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
    context.release(handle) { clReleaseCommandQueue($0) }
  }

  var label: String { context.device.label }

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
    return Event(handle: event, context: context)
  }
}
