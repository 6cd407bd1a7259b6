import OpenCLRuntime

/// A device in use: its thread, a context with the programs built so far, and the kernels.
struct DeviceLease: Sendable {
  let thread: DeviceThread
  let programs: ProgramLibrary
  let kernels: KernelSet
}
