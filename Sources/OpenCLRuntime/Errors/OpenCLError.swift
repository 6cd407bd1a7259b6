/// What went wrong on the way to an OpenCL device or on it.
///
/// `description` says what happened, `advice` what to do about it.
package struct OpenCLError: Error, Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// No OpenCL library could be opened: none was found, or the one that the environment names
    /// is not one.
    case libraryUnavailable(named: Bool)
    /// A call returned `status`, or a command ended with it.
    case callFailed(call: String, status: OpenCLStatus)
    /// The program does not compile for this device.
    case buildFailed(program: String, status: OpenCLStatus)
    /// Something took longer than its limit; the device may still be busy with it.
    case timedOut(waitingFor: String, seconds: Double)
    /// The request does not fit the buffer, the kernel or the device; no call was made.
    case invalidRequest
    /// The driver is known to get this wrong without saying so; no call was made.
    case knownFault
    /// A kernel source file is neither embedded nor in the folder that replaces them.
    case missingSource(String)
  }

  package let kind: Kind
  /// The device's label (`0:0 name`), where one is concerned.
  package let device: String?
  /// What the kind cannot say: the reason, or an excerpt of the build log.
  package let detail: String?

  package init(_ kind: Kind, device: String? = nil, detail: String? = nil) {
    self.kind = kind
    self.device = device
    self.detail = detail
  }

  package static func call(
    _ call: String, _ status: OpenCLStatus, device: String? = nil, detail: String? = nil
  ) -> OpenCLError {
    OpenCLError(.callFailed(call: call, status: status), device: device, detail: detail)
  }

  /// The status code, where a call returned one.
  package var status: OpenCLStatus? {
    switch kind {
    case .callFailed(_, let status), .buildFailed(_, let status): status
    case .libraryUnavailable, .timedOut, .invalidRequest, .knownFault, .missingSource: nil
    }
  }

  /// Throws unless `code` is success.
  static func check(_ code: Int32, _ call: String, device: String? = nil) throws(OpenCLError) {
    guard code == 0 else { throw .call(call, OpenCLStatus(code), device: device) }
  }
}

extension OpenCLError: CustomStringConvertible {
  package var description: String {
    var text =
      switch kind {
      case .libraryUnavailable: "no OpenCL library"
      case .callFailed(let call, let status): "\(call) failed with \(status)"
      case .buildFailed(let program, let status): "building \(program) failed with \(status)"
      case .timedOut(let what, let seconds): "\(what) took longer than \(seconds) s"
      case .invalidRequest: "invalid request"
      case .knownFault: "refused, for a fault of the driver,"
      case .missingSource(let name): "kernel source \(name) not found"
      }
    if let device { text += " on device \(device)" }
    if let detail { text += ": \(detail)" }
    return text
  }

  /// What to do about it, where there is something to be done.
  package var advice: String? {
    switch kind {
    case .libraryUnavailable(named: true):
      "unset \(OpenCLLibrary.pathVariable), or let it name a libOpenCL"
    case .libraryUnavailable(named: false):
      "install an OpenCL loader (Debian: apt install ocl-icd-libopencl1)"
    case .timedOut: "the device may be hung or shared; try another device, or a smaller batch"
    case .buildFailed: "the driver may be too old; update it, or try another device"
    case .invalidRequest: nil
    case .knownFault: "use another device, or a smaller model or image"
    case .missingSource: "unset BITCL_KERNELS, or name the folder that holds the kernel files"
    case .callFailed(_, let status): Self.advice[status]
    }
  }

  private static let advice: [OpenCLStatus: String] = [
    .deviceNotFound: "install a driver for the device (`bitcl devices` says what is missing)",
    .platformNotFound:
      "install an OpenCL driver (Debian, for the CPU: apt install pocl-opencl-icd)",
    .libraryNotOpen: "install an OpenCL loader (Debian: apt install ocl-icd-libopencl1)",
    .memoryAllocationFailure: "free memory on the device, or use a smaller batch or model",
    .outOfHostMemory: "free memory on this machine, or use a smaller batch or model",
    .outOfResources: "use a smaller batch; if it persists, reset or update the device's driver",
    .invalidWorkGroupSize: "the device allows only smaller work-groups for this kernel",
    .invalidWorkItemSize: "the device allows only smaller work-groups",
  ]
}
