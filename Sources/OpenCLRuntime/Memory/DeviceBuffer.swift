internal import COpenCL

/// A region of device memory. Owns its `cl_mem`.
///
/// Kernels do not keep the buffers that were set as their arguments alive: the owner must outlive
/// every launch that uses it. Commands already enqueued do keep them.
package struct DeviceBuffer: ~Copyable, @unchecked Sendable {
  // Sendable: the handle never changes, and what is in the memory is ordered by the queue.
  package let byteCount: Int
  package let access: Access
  let handle: cl_mem
  private let context: Context
  private var device: String { context.device.label }

  /// What kernels may do with the memory.
  package enum Access: Hashable, Sendable {
    case readWrite, readOnly, writeOnly
  }

  /// Allocates; the contents are undefined.
  ///
  /// - Parameter inHostMemory: asks for memory that the host reaches as well, for staging.
  package init(
    in context: Context, byteCount: Int, access: Access = .readWrite, inHostMemory: Bool = false
  ) throws(OpenCLError) {
    let flags = access.flags | (inHostMemory ? cl_mem_flags(CL_MEM_ALLOC_HOST_PTR) : 0)
    try self.init(context, byteCount, access, flags: flags, contents: nil)
  }

  /// Allocates with a copy of `bytes`, which is an upload.
  package init(
    in context: Context, copying bytes: RawSpan, access: Access = .readWrite
  ) throws(OpenCLError) {
    let flags = access.flags | cl_mem_flags(CL_MEM_COPY_HOST_PTR)
    let count = bytes.byteCount
    // The driver takes a pointer to mutable bytes for other flags' sake; with this one it only
    // reads.
    let result = bytes.withUnsafeBytes { source -> Result<DeviceBuffer, OpenCLError> in
      do throws(OpenCLError) {
        let contents = UnsafeMutableRawPointer(mutating: source.baseAddress)
        return .success(try DeviceBuffer(context, count, access, flags: flags, contents: contents))
      } catch {
        return .failure(error)
      }
    }
    self = try result.get()
    context.counterStore.update { $0.bytesUploaded += count }
  }

  private init(
    _ context: Context, _ byteCount: Int, _ access: Access, flags: cl_mem_flags,
    contents: UnsafeMutableRawPointer?
  ) throws(OpenCLError) {
    let limits = context.device.limits
    let label = context.device.label
    guard byteCount > 0, byteCount <= limits.largestAllocation else {
      throw OpenCLError(
        .invalidRequest, device: label,
        detail: "a buffer of \(byteCount) bytes; the device allows 1 to \(limits.largestAllocation)"
      )
    }
    var status: cl_int = 0
    let memory = clCreateBuffer(context.handle, flags, byteCount, contents, &status)
    guard status == CL_SUCCESS, let memory else {
      throw .call(
        "clCreateBuffer", OpenCLStatus(status), device: label, detail: "\(byteCount) bytes")
    }
    self.init(handle: memory, byteCount: byteCount, access: access, context: context)
    context.counterStore.update {
      $0.buffersCreated += 1
      $0.bytesAllocated += byteCount
    }
  }

  private init(handle: cl_mem, byteCount: Int, access: Access, context: Context) {
    self.handle = handle
    self.byteCount = byteCount
    self.access = access
    self.context = context
  }

  deinit {
    context.release(handle) { clReleaseMemObject($0) }
  }

  /// A part of this buffer as a buffer of its own, which keeps this one's memory alive.
  ///
  /// - Parameter offset: in bytes, a multiple of `DeviceLimits.bufferAlignment`.
  package func subBuffer(
    at offset: Int, byteCount: Int, in context: Context
  ) throws(OpenCLError) -> DeviceBuffer {
    let alignment = context.device.limits.bufferAlignment
    guard offset >= 0, byteCount > 0, byteCount <= self.byteCount - offset else {
      throw OpenCLError(
        .invalidRequest, device: device,
        detail: "bytes \(offset) and \(byteCount) more of a buffer of \(self.byteCount)")
    }
    guard offset.isMultiple(of: alignment) else {
      throw OpenCLError(
        .invalidRequest, device: device,
        detail: "a sub-buffer at \(offset), which is no multiple of \(alignment) bytes")
    }
    var region = cl_buffer_region(origin: offset, size: byteCount)
    var status: cl_int = 0
    let memory = clCreateSubBuffer(
      handle, access.flags, cl_buffer_create_type(CL_BUFFER_CREATE_TYPE_REGION), &region, &status)
    try OpenCLError.check(status, "clCreateSubBuffer", device: device)
    guard let memory else {
      throw .call("clCreateSubBuffer", .invalidValue, device: device, detail: "no handle")
    }
    context.counterStore.update { $0.subBuffersCreated += 1 }
    return DeviceBuffer(handle: memory, byteCount: byteCount, access: access, context: context)
  }

  /// Throws unless `offset` and `count` lie within the buffer.
  func checkRange(offset: Int, count: Int) throws(OpenCLError) {
    guard offset >= 0, count >= 0, count <= byteCount, offset <= byteCount - count else {
      throw OpenCLError(
        .invalidRequest, device: device,
        detail: "bytes \(offset) and \(count) more of a buffer of \(byteCount)")
    }
  }
}

extension DeviceBuffer.Access {
  var flags: cl_mem_flags {
    switch self {
    case .readWrite: cl_mem_flags(CL_MEM_READ_WRITE)
    case .readOnly: cl_mem_flags(CL_MEM_READ_ONLY)
    case .writeOnly: cl_mem_flags(CL_MEM_WRITE_ONLY)
    }
  }
}
