internal import COpenCL

/// A device in use. Owns its `cl_context`; queues, buffers and programs are made in it.
///
/// The driver keeps the context alive as long as anything made in it, so the order in which owners
/// end does not matter.
package final class Context: @unchecked Sendable {
  // Sendable: the handle never changes, and OpenCL's calls on contexts may come from any thread.
  package let device: Device
  let handle: cl_context
  let counterStore = CounterStore()

  package init(device: Device) throws(OpenCLError) {
    var status: cl_int = 0
    var id: cl_device_id? = device.handle.raw
    let context = clCreateContext(nil, 1, &id, nil, nil, &status)
    try OpenCLError.check(status, "clCreateContext", device: device.label)
    guard let context else {
      throw .call("clCreateContext", .invalidValue, device: device.label, detail: "no handle")
    }
    self.device = device
    handle = context
  }

  deinit {
    clReleaseContext(handle)
  }

  /// What passed between host and device so far.
  package var counters: RuntimeCounters { counterStore.snapshot }
}
