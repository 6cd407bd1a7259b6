internal import COpenCL

extension CommandQueue {
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
    let group = local ?? WorkSize(1)
    guard global.isPositive, group.isPositive, global.isMultiple(of: group) else {
      throw OpenCLError(
        .invalidRequest, device: label,
        detail: "kernel \(kernel.name): \(global) work-items in groups of \(group)")
    }
    var globalValues = global.values
    var localValues = group.values
    let dimensions = cl_uint(max(global.dimensions, group.dimensions))
    let status = withUnsafeBytes(of: &globalValues) { globalBytes in
      withUnsafeBytes(of: &localValues) { localBytes in
        clEnqueueNDRangeKernel(
          handle, kernel.handle, dimensions, nil,
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
}
