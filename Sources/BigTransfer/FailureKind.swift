import BiTModel

/// What sort of failure an error is. The command makes an exit code of it, a service a status.
public enum FailureKind: Hashable, Sendable {
  /// An image cannot be read or does not suit the model; other images may.
  case image
  /// A model, list or tensor file is damaged or contradicts itself.
  case invalidData
  /// A model or another file that was named does not exist or cannot be read.
  case notFound
  /// The device that was asked for is not there or does not work.
  case deviceUnavailable
  /// The hub, or the way to it.
  case networkUnavailable
  /// The task was cancelled.
  case cancelled
  /// Anything else.
  case unexpected

  public init(_ error: any Error) {
    switch error {
    case let error as any ClassifiedFailure: self = error.failureKind
    case is CancellationError: self = .cancelled
    default: self = .unexpected
    }
  }
}

/// An error that knows what sort of failure it is.
public protocol ClassifiedFailure: Error {
  var failureKind: FailureKind { get }

  /// What to do about it, where the description does not say so itself.
  var advice: String? { get }
}

extension ClassifiedFailure {
  public var advice: String? { nil }
}

extension CheckpointError: ClassifiedFailure {
  public var failureKind: FailureKind {
    switch self {
    case .notFound, .unreadable, .noWeights, .missingConfiguration: .notFound
    case .malformed, .missingTensor, .shapeMismatch, .unsupportedType, .notFinite,
      .refusedObject, .unsupportedForm:
      .invalidData
    }
  }
}

extension ConfigurationError: ClassifiedFailure {
  public var failureKind: FailureKind { .invalidData }
}

extension NetworkError: ClassifiedFailure {
  public var failureKind: FailureKind { .invalidData }
}
