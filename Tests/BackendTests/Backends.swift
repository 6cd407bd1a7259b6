import BiTModel
import CPUBackend
import ReferenceBackend
import TestSupport
import Testing

/// A backend to judge, or the reason why this machine lacks it.
struct BackendUnderTest: Sendable, CustomTestStringConvertible {
  let testDescription: String
  private let backend: Result<any Backend, any Error>

  init(_ name: String, _ make: () throws -> any Backend) {
    testDescription = name
    backend = Result(catching: make)
  }

  /// The backend; where it cannot be had, the test is skipped and says why.
  func available() throws -> any Backend {
    switch backend {
    case .success(let backend): return backend
    case .failure(let reason):
      if DeviceUnderTest.wanted != nil, reason is DeviceUnderTest.Missing { throw reason }
      try Test.cancel("\(testDescription): \(reason)")
    }
  }
}

/// Every backend that the tests run over.
enum Backends {
  static let all = TestScope.current == .everything ? onHost + onDevice : onDevice

  /// For tests of whole networks: on a slow device, only its best kernels and the plainest.
  static let forNetworks =
    TestScope.current == .smallShapes
    ? [onDevice.first, onDevice.last].compactMap { $0 } : all

  private static let onHost =
    [BackendUnderTest("reference") { ReferenceBackend() }]
    + InstructionSet.available.map { set in
      BackendUnderTest("cpu, \(set)") { CPUBackend(instructionSet: set) }
    }

  private static let onDevice =
    OpenCLUnderTest.kernelSets.map { set in
      BackendUnderTest("opencl, \(set)") { try OpenCLUnderTest.backend(kernelSet: set) }
    }
}
