internal import COpenCL

/// What a device is, as its driver says.
package enum DeviceKind: String, Codable, Hashable, Sendable, CaseIterable {
  case gpu, accelerator, cpu, custom

  /// Drivers may set several bits. What has the CPU's runs on the CPU, whatever else it claims:
  /// Oclgrind, a simulator, claims everything.
  init(_ type: cl_device_type) {
    func has(_ bit: Int32) -> Bool { type & cl_device_type(bit) != 0 }
    if has(CL_DEVICE_TYPE_CPU) {
      self = .cpu
    } else if has(CL_DEVICE_TYPE_GPU) {
      self = .gpu
    } else if has(CL_DEVICE_TYPE_ACCELERATOR) {
      self = .accelerator
    } else {
      self = .custom
    }
  }
}
