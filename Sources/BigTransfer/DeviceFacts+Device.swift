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

  /// What is known of a backend and of the kernels that it has chosen.
  init(_ candidate: BackendCandidate, _ backend: any Backend) {
    if let device = candidate.device {
      self.init(device)
      selfCheck = "\(device.knownSelfCheck())"
      guard let backend = backend as? OpenCLBackend else { return }
      kernels = backend.kernelDescription
      passedOver = (backend.choice?.passedOver ?? []).map {
        PassedOver(kernels: $0.kernels, reason: $0.reason, isFault: !$0.isSlowBuild)
      }
    } else {
      self.init(id: candidate.name, name: candidate.name, kind: "built-in")
      if backend is CPUBackend { kernels = InstructionSet.available.last?.rawValue }
    }
  }
}
