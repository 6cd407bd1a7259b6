import BiTModel
import OpenCLRuntime

extension OpenCLError: BackendFailure {
  package var remedy: FailureRemedy {
    switch kind {
    case .callFailed(_, let status): Self.remedies[status] ?? .anotherTry
    case .buildFailed: .anotherTry
    case .libraryUnavailable, .timedOut, .invalidRequest, .knownFault, .missingSource:
      .anotherDevice
    }
  }

  private static let remedies: [OpenCLStatus: FailureRemedy] = [
    .memoryAllocationFailure: .smallerBatch, .outOfHostMemory: .smallerBatch,
    .outOfResources: .smallerBatch,
    .deviceNotAvailable: .anotherDevice, .deviceNotFound: .anotherDevice,
    .invalidDevice: .anotherDevice, .invalidContext: .anotherDevice,
    .invalidCommandQueue: .anotherDevice,
  ]
}
