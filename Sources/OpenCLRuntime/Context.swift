internal import COpenCL

/// A device in use. Owns its `cl_context`; queues, buffers and programs are made in it.
///
/// The driver keeps the context alive as long as anything made in it, so the order in which owners
/// end does not matter.
package final class Context: @unchecked Sendable {
  // Unchecked: the handle never changes, and OpenCL's calls on contexts may come from any thread.
  package let device: Device
  let handle: cl_context
  let counterStore = CounterStore()
  /// Where what is made in the context is released; `nil` for wherever its last owner is.
  private let thread: DeviceThread?
  let life: DeviceLife

  /// - Parameter thread: The device's own, on which this is called.
  package init(device: Device, thread: DeviceThread? = nil) throws(OpenCLError) {
    var status: cl_int = 0
    var id: cl_device_id? = device.handle.raw
    let context = clCreateContext(nil, 1, &id, nil, nil, &status)
    try OpenCLError.check(status, "clCreateContext", device: device.label)
    guard let context else {
      throw .call("clCreateContext", .invalidValue, device: device.label, detail: "no handle")
    }
    self.device = device
    self.thread = thread
    life = thread?.life ?? DeviceLife()
    handle = context
    AbandonedWork.prepareExit()
    life.contextBegan()
  }

  deinit {
    let life = life
    release(handle) {
      clReleaseContext($0)
      life.contextEnded()
    }
  }

  /// Gives back a handle that was made in the context, unless the device is lost: drivers wait for
  /// the device there, without a limit.
  func release(_ handle: OpaquePointer, by body: @escaping @Sendable (OpaquePointer) -> Void) {
    guard life.allowsReleases else { return }
    // Nobody else has the handle any more.
    nonisolated(unsafe) let handle = handle
    if let thread {
      thread.release { body(handle) }
    } else {
      body(handle)
    }
  }

  /// Why the device is lost, if it is.
  package var loss: OpenCLError? { life.error }

  /// After a wait for the device exceeded its limit.
  func giveUp(_ error: OpenCLError) { life.end(.unresponsive, error) }

  /// What passed between host and device so far.
  package var counters: RuntimeCounters { counterStore.snapshot }
}
