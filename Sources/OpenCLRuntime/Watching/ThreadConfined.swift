/// Something that only a device's thread touches. It also ends there, for its end makes calls.
package final class ThreadConfined<Value>: @unchecked Sendable {
  // Unchecked: the value is reached from jobs of one thread, which run one after the other.
  private let value: Value
  private let thread: DeviceThread

  /// To be made by a job of `thread`.
  package init(_ value: Value, on thread: DeviceThread) {
    self.value = value
    self.thread = thread
  }

  deinit {
    nonisolated(unsafe) let value = value
    thread.release { withExtendedLifetime(value) {} }
  }

  /// To be called by a job of the thread.
  package func use<Result>(_ body: (Value) throws -> Result) rethrows -> Result {
    try body(value)
  }
}
