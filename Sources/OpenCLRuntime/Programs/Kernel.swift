internal import COpenCL

/// A kernel and its arguments. Owns its `cl_kernel`.
///
/// Not `Sendable`: arguments are state, and setting them from two threads at once is undefined.
/// Arguments stay set between launches. They do not keep buffers alive.
package struct Kernel: ~Copyable {
  package let name: String
  package let limits: KernelLimits
  let handle: cl_kernel
  private let context: Context

  /// Takes over `handle`, which is released if the device does not say the kernel's limits.
  init(handle: cl_kernel, name: String, context: Context) throws(OpenCLError) {
    do {
      limits = try KernelLimits(of: handle, on: context.device)
    } catch {
      context.release(handle) { clReleaseKernel($0) }
      throw error
    }
    self.handle = handle
    self.name = name
    self.context = context
  }

  deinit {
    context.release(handle) { clReleaseKernel($0) }
  }

  /// Sets a `global` or `constant` pointer.
  package func setArgument(_ index: Int, _ buffer: borrowing DeviceBuffer) throws(OpenCLError) {
    var memory: cl_mem? = buffer.handle
    try set(
      index,
      withUnsafePointer(to: &memory) {
        clSetKernelArg(handle, cl_uint(truncatingIfNeeded: index), MemoryLayout<cl_mem>.size, $0)
      })
  }

  /// Sets an `int`.
  package func setArgument(_ index: Int, _ value: Int32) throws(OpenCLError) {
    try setValue(index, value)
  }

  /// Sets a `long`.
  package func setArgument(_ index: Int, _ value: Int64) throws(OpenCLError) {
    try setValue(index, value)
  }

  /// Sets a `float`.
  package func setArgument(_ index: Int, _ value: Float) throws(OpenCLError) {
    try setValue(index, value)
  }

  /// Sets a `float4`.
  package func setArgument(_ index: Int, _ value: SIMD4<Float>) throws(OpenCLError) {
    try setValue(index, value)
  }

  /// Sets an `int2`.
  package func setArgument(_ index: Int, _ value: SIMD2<Int32>) throws(OpenCLError) {
    try setValue(index, value)
  }

  /// Sets an `int4`.
  package func setArgument(_ index: Int, _ value: SIMD4<Int32>) throws(OpenCLError) {
    try setValue(index, value)
  }

  /// Sets the size of a `local` pointer's memory.
  package func setLocalMemory(_ index: Int, byteCount: Int) throws(OpenCLError) {
    try set(index, clSetKernelArg(handle, cl_uint(truncatingIfNeeded: index), byteCount, nil))
  }

  private func setValue<Value: BitwiseCopyable>(_ index: Int, _ value: Value) throws(OpenCLError) {
    try set(
      index,
      withUnsafeBytes(of: value) {
        clSetKernelArg(handle, cl_uint(truncatingIfNeeded: index), $0.count, $0.baseAddress)
      })
  }

  private func set(_ index: Int, _ status: cl_int) throws(OpenCLError) {
    guard status == CL_SUCCESS else {
      throw .call(
        "clSetKernelArg", OpenCLStatus(status), device: context.device.label,
        detail: "argument \(index) of kernel \(name)")
    }
  }
}

/// What a device says about one compiled kernel. Sizes are bytes.
package struct KernelLimits: Hashable, Sendable {
  /// The largest work-group that this kernel can run in, which registers may make smaller than
  /// `DeviceLimits.maxWorkGroupSize`.
  package let maxWorkGroupSize: Int
  /// Work-groups should be a multiple of this: the width of a warp, wavefront or vector.
  package let preferredWorkGroupMultiple: Int
  package let localMemory: Int
  /// A work-item's private memory; more than a little means that registers were spilled.
  package let privateMemory: Int
}

extension KernelLimits {
  init(of kernel: cl_kernel, on device: Device) throws(OpenCLError) {
    func query(_ what: Int32) -> InfoQuery {
      InfoQuery(call: "clGetKernelWorkGroupInfo", device: device.label) {
        clGetKernelWorkGroupInfo(
          kernel, device.handle.raw, cl_kernel_work_group_info(what), $0, $1, $2)
      }
    }
    maxWorkGroupSize = try query(CL_KERNEL_WORK_GROUP_SIZE).value(0 as Int)
    preferredWorkGroupMultiple = try query(CL_KERNEL_PREFERRED_WORK_GROUP_SIZE_MULTIPLE)
      .value(0 as Int)
    localMemory = Int(clamping: try query(CL_KERNEL_LOCAL_MEM_SIZE).value(0 as cl_ulong))
    privateMemory = Int(clamping: try query(CL_KERNEL_PRIVATE_MEM_SIZE).value(0 as cl_ulong))
  }
}
