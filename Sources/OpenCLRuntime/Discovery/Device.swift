internal import COpenCL

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The place of a device among the platforms: `P:D`.
///
/// Indices depend on the installed drivers and on the environment: they are for one session, names
/// are for scripts.
package struct DeviceID: Hashable, Codable, Sendable, CustomStringConvertible {
  package let platform: Int
  package let device: Int

  package init(platform: Int, device: Int) {
    self.platform = platform
    self.device = device
  }

  package var description: String { "\(platform):\(device)" }
}

/// An OpenCL device that answered every question, and what it answered.
package struct Device: Identifiable, Sendable {
  package let id: DeviceID
  package let platform: PlatformInfo
  package let name: String
  package let vendor: String
  package let kind: DeviceKind
  /// For example `OpenCL 3.0 PoCL HSTR: …`.
  package let version: String
  /// For example `OpenCL C 1.2 PoCL`.
  package let languageVersion: String
  package let driverVersion: String
  package let extensions: Set<String>
  package let limits: DeviceLimits
  package let isLittleEndian: Bool
  package let isAvailable: Bool
  package let isCompilerAvailable: Bool
  /// The compiler option for a language in which groups of one launch can wait for each other's
  /// results: with atomics of acquire and release order that hold throughout the device. Nil where
  /// there is none.
  package let atomicsOption: String?
  let handle: DeviceHandle

  /// `P:D name`, for messages.
  package var label: String { "\(id) \(name)" }

  /// The file that the driver was loaded from; nil where that cannot be told.
  package var driverLibrary: String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer -> String? in
      guard let path = buffer.baseAddress,
        bitcl_driver_library(UnsafeRawPointer(handle.raw), path, buffer.count)
      else { return nil }
      return String(cString: path)
    }
  }

  /// What the driver is known to get wrong.
  package var quirks: DeviceQuirks { DeviceQuirks(for: self) }

  /// Every usable device of every platform, in the order of their ids. Empty where there is none;
  /// `Discovery` says why.
  package static func all() -> [Device] {
    Discovery.run().devices
  }
}

/// A device's identity for the driver. Devices of the root level live as long as the process: they
/// are neither retained nor released.
struct DeviceHandle: @unchecked Sendable {
  // Sendable: an address that the driver guards itself; it is never dereferenced here.
  let raw: cl_device_id
}

extension Device {
  /// Asks the device everything. The first question that fails is thrown.
  init(_ handle: cl_device_id, id: DeviceID, platform: PlatformInfo) throws(OpenCLError) {
    let name = try InfoQuery.device(handle, CL_DEVICE_NAME, label: "\(id)").string()
    let label = "\(id) \(name)"
    func string(_ what: Int32) throws(OpenCLError) -> String {
      try InfoQuery.device(handle, what, label: label).string()
    }
    func flag(_ what: Int32) throws(OpenCLError) -> Bool {
      try InfoQuery.device(handle, what, label: label).value(0 as cl_bool) != 0
    }
    self.id = id
    self.platform = platform
    self.name = name
    self.vendor = try string(CL_DEVICE_VENDOR)
    self.kind = DeviceKind(
      try InfoQuery.device(handle, CL_DEVICE_TYPE, label: label).value(0 as cl_device_type))
    self.version = try string(CL_DEVICE_VERSION)
    self.languageVersion = try string(CL_DEVICE_OPENCL_C_VERSION)
    self.driverVersion = try string(CL_DRIVER_VERSION)
    self.extensions = Set(
      try string(CL_DEVICE_EXTENSIONS).split(separator: " ").map(String.init))
    self.limits = try DeviceLimits(of: handle, label: label)
    self.isLittleEndian = try flag(CL_DEVICE_ENDIAN_LITTLE)
    self.isAvailable = try flag(CL_DEVICE_AVAILABLE)
    self.isCompilerAvailable = try flag(CL_DEVICE_COMPILER_AVAILABLE)
    self.atomicsOption = Self.atomicsOption(handle, version: version, label: label)
    self.handle = DeviceHandle(raw: handle)
  }

  /// OpenCL 2 has these atomics; in OpenCL 3 they are optional. A device that does not answer has none.
  private static func atomicsOption(
    _ handle: cl_device_id, version: String, label: String
  ) -> String? {
    guard let version = OpenCLVersion(parsing: version), version >= OpenCLVersion(2, 0) else {
      return nil
    }
    guard version >= OpenCLVersion(3, 0) else { return "-cl-std=CL2.0" }
    // CL_DEVICE_ATOMIC_MEMORY_CAPABILITIES, and CL_DEVICE_ATOMIC_ORDER_ACQ_REL with …_SCOPE_DEVICE:
    // not in the headers of OpenCL 1.2.
    let (capabilities, needed) = (Int32(0x1063), cl_ulong(1 << 1 | 1 << 5))
    let query = InfoQuery.device(handle, capabilities, label: label)
    guard let found = try? query.value(0 as cl_ulong) else { return nil }
    return found & needed == needed ? "-cl-std=CL3.0" : nil
  }

  /// Why the device cannot run our programs, or nil.
  var defect: String? {
    // A driver's dispatch table ends where its version does: a newer call would jump to nowhere.
    for version in [platform.version, version] {
      guard let number = OpenCLVersion(parsing: version), number >= .needed else {
        return "it supports “\(version)”; OpenCL \(OpenCLVersion.needed) is needed"
      }
    }
    if !isAvailable { return "its driver says that it is not available" }
    if !isCompilerAvailable { return "its driver has no compiler for OpenCL C" }
    if !isLittleEndian { return "it is big-endian" }
    if kind == .custom { return "it runs built-in kernels only" }
    if quirks.runsLinker, !ProgramPath.holds("ld", ProcessInfo.processInfo.environment) {
      return "its driver needs the linker ld, which is not in PATH (Debian: apt install binutils)"
    }
    return limits.defect
  }
}
