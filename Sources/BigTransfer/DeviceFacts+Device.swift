import BiTModel
import CPUBackend
import NumericsValidation
import OpenCLBackend
import OpenCLRuntime

extension DeviceFacts {
  /// What a device's driver says.
  public init(_ device: Device) {
    self.init(id: device.id, name: device.name, kind: device.kind.rawValue)
    vendor = device.vendor
    platform = device.platform
    platformVersion = device.opencl.platform.version
    version = device.version
    languageVersion = device.languageVersion
    driverVersion = device.driverVersion
    driverLibrary = device.driverLibrary
    quirks = device.opencl.quirks.names
    limits = Limits(
      computeUnits: device.computeUnits, clockMHz: device.clockMHz,
      globalMemory: device.globalMemory, largestAllocation: device.largestAllocation,
      localMemory: device.localMemory, maxWorkGroupSize: device.maxWorkGroupSize,
      nativeFloatVectorWidth: device.nativeFloatVectorWidth,
      hasUnifiedMemory: device.hasUnifiedMemory)
  }

  /// What is known of a candidate before it is used.
  init(_ candidate: BackendCandidate) {
    if let device = candidate.device {
      self.init(device)
      selfCheck = "\(device.knownSelfCheck())"
    } else {
      self.init(id: candidate.name, name: candidate.name, kind: "built-in")
    }
  }

  /// With the kernels that a backend has chosen by now.
  func with(_ backend: any Backend) -> DeviceFacts {
    var facts = self
    if let backend = backend as? OpenCLBackend {
      facts.kernels = backend.kernelDescription
      facts.passedOver = (backend.choice?.passedOver ?? []).map {
        PassedOver(kernels: $0.kernels, reason: $0.reason, isFault: !$0.isSlowBuild)
      }
    } else if backend is CPUBackend {
      facts.kernels = InstructionSet.available.last?.rawValue
    }
    return facts
  }
}
