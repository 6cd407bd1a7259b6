internal import COpenCL

/// What a platform says about itself.
package struct PlatformInfo: Hashable, Sendable {
  package let index: Int
  package let name: String
  package let vendor: String
  /// For example `OpenCL 3.0 PoCL 3.1 …`.
  package let version: String

  package init(index: Int, name: String, vendor: String, version: String) {
    self.index = index
    self.name = name
    self.vendor = vendor
    self.version = version
  }
}

/// A driver's platform with its devices.
package struct Platform: Sendable {
  package let info: PlatformInfo
  package let devices: [Device]
  /// Devices that cannot be used.
  package let unusable: [UnusableDevice]
  /// Why the platform could not be asked for its devices. A platform that merely has none, as those
  /// of Mesa often do, has no failure.
  package let failure: OpenCLError?

  package init(
    info: PlatformInfo, devices: [Device], unusable: [UnusableDevice], failure: OpenCLError?
  ) {
    self.info = info
    self.devices = devices
    self.unusable = unusable
    self.failure = failure
  }

  package var isEmpty: Bool { devices.isEmpty && unusable.isEmpty }
}

/// A device that is there but cannot be used, and why.
package struct UnusableDevice: Hashable, Sendable {
  package let id: DeviceID
  /// Nil where the driver did not even say the name.
  package let name: String?
  package let reason: String

  package init(id: DeviceID, name: String?, reason: String) {
    self.id = id
    self.name = name
    self.reason = reason
  }
}

/// A platform's identity for the driver, valid as long as the process.
struct PlatformHandle: @unchecked Sendable {
  // Sendable: an address that the driver guards itself; it is never dereferenced here.
  let raw: cl_platform_id
}

extension Platform {
  /// Asks the platform on a thread that is left behind if it does not answer.
  init(_ handle: PlatformHandle, index: Int, on thread: DeviceThread) {
    do {
      self = try thread.performAndWait { Platform(handle.raw, index: index) }
    } catch {
      let info = PlatformInfo(index: index, name: "unknown", vendor: "unknown", version: "unknown")
      self.init(info: info, devices: [], unusable: [], failure: error as? OpenCLError)
    }
  }

  /// Asks the platform for all that it has. Failures are part of the answer.
  private init(_ handle: cl_platform_id, index: Int) {
    func string(_ what: Int32) -> String {
      (try? InfoQuery.platform(handle, what).string()) ?? "unknown"
    }
    info = PlatformInfo(
      index: index, name: string(CL_PLATFORM_NAME), vendor: string(CL_PLATFORM_VENDOR),
      version: string(CL_PLATFORM_VERSION))
    let handles: [cl_device_id]
    do {
      handles = try Self.deviceHandles(of: handle)
      failure = nil
    } catch {
      handles = []
      failure = error
    }

    var devices: [Device] = []
    var unusable: [UnusableDevice] = []
    for (position, handle) in handles.enumerated() {
      let id = DeviceID(platform: index, device: position)
      do {
        let device = try Device(handle, id: id, platform: info)
        if let defect = device.defect {
          unusable.append(UnusableDevice(id: id, name: device.name, reason: defect))
        } else {
          devices.append(device)
        }
      } catch {
        let name = try? InfoQuery.device(handle, CL_DEVICE_NAME).string()
        unusable.append(UnusableDevice(id: id, name: name, reason: "\(error)"))
      }
    }
    self.devices = devices
    self.unusable = unusable
  }

  private static func deviceHandles(
    of platform: cl_platform_id
  ) throws(OpenCLError) -> [cl_device_id] {
    let all = cl_device_type(CL_DEVICE_TYPE_ALL_BITS)
    return try handleList("clGetDeviceIDs", none: .deviceNotFound) {
      clGetDeviceIDs(platform, all, $0, $1, $2)
    }
  }

  /// The two-step protocol of the calls that list handles; `none` is how such a call says "zero".
  static func handleList(
    _ call: String, none: OpenCLStatus,
    _ read: (cl_uint, UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<cl_uint>?) ->
      Int32
  ) throws(OpenCLError) -> [OpaquePointer] {
    var count: cl_uint = 0
    let status = OpenCLStatus(read(0, nil, &count))
    if status == none { return [] }
    try OpenCLError.check(status.code, call)
    guard count > 0 else { return [] }
    // More than any machine has: a driver's wrong answer must not become our allocation.
    count = min(count, 1024)
    var handles = [OpaquePointer?](repeating: nil, count: Int(count))
    var found: cl_uint = 0
    try OpenCLError.check(
      handles.withUnsafeMutableBufferPointer { read(count, $0.baseAddress, &found) }, call)
    return handles.prefix(Int(min(found, count))).compactMap { $0 }
  }
}
