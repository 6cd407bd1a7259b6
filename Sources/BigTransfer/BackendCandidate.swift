import BiTModel
import CPUBackend
import OpenCLBackend
import OpenCLRuntime
import ReferenceBackend

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A backend that may run a model, and why it was thought of.
package struct BackendCandidate: Sendable {
  /// As the backend calls itself.
  let name: String
  /// Why it comes at this place, for a line that says what was chosen.
  let reason: String
  /// The OpenCL device behind it, if there is one.
  let device: Device?
  /// Part of the program: what devices are judged by, and not judged itself.
  let isBuiltIn: Bool
  let makeBackend: @Sendable () throws -> any Backend

  package init(
    name: String, reason: String, device: Device? = nil, isBuiltIn: Bool = false,
    makeBackend: @escaping @Sendable () throws -> any Backend
  ) {
    self.name = name
    self.reason = reason
    self.device = device
    self.isBuiltIn = isBuiltIn
    self.makeBackend = makeBackend
  }

  static let reference = BackendCandidate(
    name: "reference", reason: "the oracle, in Double", isBuiltIn: true
  ) {
    ReferenceBackend()
  }

  package static func cpu(reason: String) -> BackendCandidate {
    BackendCandidate(name: "cpu", reason: reason, isBuiltIn: true) { CPUBackend() }
  }

  /// The environment variable that names a kernel set to use on every device, whether or not a
  /// better one works: for looking into one.
  static let kernelSetVariable = "BITCL_KERNEL_SET"

  static func openCL(
    _ device: Device, reason: String, judge: (any KernelSetJudge)? = nil
  ) -> BackendCandidate {
    BackendCandidate(name: "\(device)", reason: reason, device: device) {
      OpenCLBackend(device: device.opencl, kernelSet: requestedKernelSet, judge: judge)
    }
  }

  /// What that variable says; `nil` where it is not set.
  static var requestedKernelSet: String? {
    let word = ProcessInfo.processInfo.environment[kernelSetVariable]
    return word?.isEmpty == false ? word : nil
  }
}

extension OpenCLError: ClassifiedFailure {
  public var failureKind: FailureKind { .deviceUnavailable }
}

extension InsufficientDeviceMemory: ClassifiedFailure {
  public var failureKind: FailureKind { .deviceUnavailable }
}

extension UntrustedKernels: ClassifiedFailure {
  public var failureKind: FailureKind { .deviceUnavailable }
}

extension NoKernelsWork: ClassifiedFailure {
  public var failureKind: FailureKind { .deviceUnavailable }
}
