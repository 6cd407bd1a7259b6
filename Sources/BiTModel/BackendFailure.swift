/// What may help where a backend failed.
public enum FailureRemedy: Hashable, Sendable {
  /// Memory was short: fewer images at a time.
  case smallerBatch
  /// The same once more, or in another way.
  case anotherTry
  /// Nothing on this device: it is gone, hung, or not to be trusted.
  case anotherDevice
}

/// A backend's error that knows what may help.
public protocol BackendFailure: Error {
  var remedy: FailureRemedy { get }
}
