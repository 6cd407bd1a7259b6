internal import COpenCL
import Synchronization

/// A device in use. Owns its `cl_context`; queues, buffers and programs are made in it.
///
/// The driver keeps the context alive as long as anything made in it, so the order in which owners
/// end does not matter.
package final class Context: @unchecked Sendable {
  // Unchecked: the handle never changes, and OpenCL's calls on contexts may come from any thread.
  package let device: Device
  let handle: cl_context
  let counterStore = CounterStore()
  private let givenUp = Atomic<Bool>(false)

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
    if !isGivenUp { clReleaseContext(handle) }
  }

  /// Whether a wait for the device exceeded its limit. Then the context and its queues are not
  /// released: drivers wait for the device there, without a limit.
  package var isGivenUp: Bool { givenUp.load(ordering: .acquiring) }

  func giveUp() {
    let wasGivenUp = givenUp.exchange(true, ordering: .acquiringAndReleasing)
    if !wasGivenUp { AbandonedWork.begin() }
  }

  /// What passed between host and device so far.
  package var counters: RuntimeCounters { counterStore.snapshot }
}
