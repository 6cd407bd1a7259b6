internal import COpenCL

/// What a driver says about a device's size and speed. Sizes are bytes.
package struct DeviceLimits: Hashable, Codable, Sendable {
  package var computeUnits: Int
  /// MHz; 0 where the driver does not say.
  package var clockMHz: Int
  package var globalMemory: Int
  /// The largest single buffer.
  package var largestAllocation: Int
  package var localMemory: Int
  /// False where local memory is ordinary memory (most CPUs): then it saves no bandwidth.
  package var hasDedicatedLocalMemory: Bool
  package var maxWorkGroupSize: Int
  /// One limit a dimension, at least three of them.
  package var maxWorkItemSizes: [Int]
  package var preferredFloatVectorWidth: Int
  /// The width of the device's registers in floats: 16 for AVX-512, 8 for AVX, 1 for most GPUs.
  package var nativeFloatVectorWidth: Int
  /// Where a sub-buffer may begin: at multiples of this many bytes.
  package var bufferAlignment: Int
  /// The device computes in the host's memory.
  package var hasUnifiedMemory: Bool

  package init(
    computeUnits: Int, clockMHz: Int, globalMemory: Int, largestAllocation: Int, localMemory: Int,
    hasDedicatedLocalMemory: Bool, maxWorkGroupSize: Int, maxWorkItemSizes: [Int],
    preferredFloatVectorWidth: Int, nativeFloatVectorWidth: Int, bufferAlignment: Int,
    hasUnifiedMemory: Bool
  ) {
    self.computeUnits = computeUnits
    self.clockMHz = clockMHz
    self.globalMemory = globalMemory
    self.largestAllocation = largestAllocation
    self.localMemory = localMemory
    self.hasDedicatedLocalMemory = hasDedicatedLocalMemory
    self.maxWorkGroupSize = maxWorkGroupSize
    self.maxWorkItemSizes = maxWorkItemSizes
    self.preferredFloatVectorWidth = preferredFloatVectorWidth
    self.nativeFloatVectorWidth = nativeFloatVectorWidth
    self.bufferAlignment = bufferAlignment
    self.hasUnifiedMemory = hasUnifiedMemory
  }

  /// `offset` rounded up to where a sub-buffer may begin.
  package func aligned(_ offset: Int) -> Int {
    (offset + bufferAlignment - 1) / bufferAlignment * bufferAlignment
  }
}

extension DeviceLimits {
  init(of id: cl_device_id, label: String) throws(OpenCLError) {
    func count(_ what: Int32) throws(OpenCLError) -> Int {
      Int(try InfoQuery.device(id, what, label: label).value(0 as cl_uint))
    }
    func bytes(_ what: Int32) throws(OpenCLError) -> Int {
      Int(clamping: try InfoQuery.device(id, what, label: label).value(0 as cl_ulong))
    }
    let localMemoryType = try count(CL_DEVICE_LOCAL_MEM_TYPE)
    // size_t in the specification, which Swift has as Int.
    let groupSize = try InfoQuery.device(id, CL_DEVICE_MAX_WORK_GROUP_SIZE, label: label)
      .value(0 as Int)
    let itemSizes = try InfoQuery.device(id, CL_DEVICE_MAX_WORK_ITEM_SIZES, label: label)
      .array(of: 0 as Int)
    let unified = try InfoQuery.device(id, CL_DEVICE_HOST_UNIFIED_MEMORY, label: label)
      .value(0 as cl_bool)
    self.init(
      computeUnits: try count(CL_DEVICE_MAX_COMPUTE_UNITS),
      clockMHz: try count(CL_DEVICE_MAX_CLOCK_FREQUENCY),
      globalMemory: try bytes(CL_DEVICE_GLOBAL_MEM_SIZE),
      largestAllocation: try bytes(CL_DEVICE_MAX_MEM_ALLOC_SIZE),
      localMemory: try bytes(CL_DEVICE_LOCAL_MEM_SIZE),
      hasDedicatedLocalMemory: localMemoryType == Int(CL_LOCAL),
      maxWorkGroupSize: groupSize,
      maxWorkItemSizes: itemSizes,
      preferredFloatVectorWidth: try count(CL_DEVICE_PREFERRED_VECTOR_WIDTH_FLOAT),
      nativeFloatVectorWidth: try count(CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT),
      // The driver answers in bits.
      bufferAlignment: max(1, try count(CL_DEVICE_MEM_BASE_ADDR_ALIGN) / 8),
      hasUnifiedMemory: unified != 0)
  }

  /// What makes the limits senseless, or nil: such a device is not worth trusting.
  var defect: String? {
    if computeUnits < 1 { return "it reports no compute unit" }
    if globalMemory < 1 || largestAllocation < 1 { return "it reports no memory" }
    if maxWorkGroupSize < 1 { return "it reports no work-group size" }
    if maxWorkItemSizes.count < 3 || maxWorkItemSizes.contains(where: { $0 < 1 }) {
      return "it reports fewer than three work-item dimensions"
    }
    return nil
  }
}
