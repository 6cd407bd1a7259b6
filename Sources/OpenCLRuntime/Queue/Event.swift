internal import COpenCL

/// A command on its way. Owns its `cl_event`.
package struct Event: ~Copyable, @unchecked Sendable {
  // Sendable: the handle never changes, and OpenCL's calls on events may come from any thread.
  let handle: cl_event
  let context: Context
  private var device: String { context.device.label }

  deinit {
    context.release(handle) { clReleaseEvent($0) }
  }

  /// Whether the command has ended well. Throws if it has ended badly.
  package var isComplete: Bool {
    get throws(OpenCLError) {
      let query = InfoQuery(call: "clGetEventInfo", device: device) { [handle] in
        clGetEventInfo(handle, cl_event_info(CL_EVENT_COMMAND_EXECUTION_STATUS), $0, $1, $2)
      }
      let status = try query.value(0 as cl_int)
      guard status >= 0 else {
        throw .call("an enqueued command", OpenCLStatus(status), device: device)
      }
      return status == CL_COMPLETE
    }
  }

  /// When the command passed each station. The queue must have been made for profiling, and the
  /// command be complete.
  package func profile() throws(OpenCLError) -> EventProfile {
    func time(_ what: Int32) throws(OpenCLError) -> UInt64 {
      try InfoQuery(call: "clGetEventProfilingInfo", device: device) { [handle] in
        clGetEventProfilingInfo(handle, cl_profiling_info(what), $0, $1, $2)
      }.value(0 as cl_ulong)
    }
    return EventProfile(
      queued: try time(CL_PROFILING_COMMAND_QUEUED),
      submitted: try time(CL_PROFILING_COMMAND_SUBMIT),
      started: try time(CL_PROFILING_COMMAND_START),
      ended: try time(CL_PROFILING_COMMAND_END))
  }
}

/// Times of a command by the device's clock, in nanoseconds.
package struct EventProfile: Hashable, Sendable {
  package let queued: UInt64
  package let submitted: UInt64
  package let started: UInt64
  package let ended: UInt64

  /// Nanoseconds of execution; 0 where the driver's times run backwards.
  package var nanoseconds: UInt64 { ended > started ? ended - started : 0 }
}
