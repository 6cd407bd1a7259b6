/// All that is known of one device after, or in the middle of, its validation.
public struct DeviceReport: Hashable, Sendable, Codable {
  /// A check that was left out.
  public struct Omission: Hashable, Sendable, Codable {
    public let check: Check
    public let reason: String
  }

  public var device: DeviceFacts
  /// In the order they were run.
  public private(set) var results: [CheckResult] = []
  public private(set) var notRun: [Omission] = []
  /// The check that was begun and has not ended: where a process died or hangs.
  public private(set) var running: Check?
  /// Whether the validation came to its end.
  public private(set) var isComplete = false
  /// Why the validation ended before its time, such as a signal or a time limit.
  public private(set) var interruption: String?

  public init(_ device: DeviceFacts) { self.device = device }

  /// Takes in what happened next.
  public mutating func add(_ event: ValidationEvent) {
    switch event {
    case .device(let facts): device = facts
    case .started(let check): running = check
    case .finished(let result):
      results.append(result)
      running = nil
    case .notRun(let check, let reason): notRun.append(Omission(check: check, reason: reason))
    case .completed: isComplete = true
    }
  }

  /// Notes that no further event will come although the validation is not complete.
  public mutating func interrupt(_ reason: String) { interruption = reason }

  /// A device passes if it came to the end and nothing was wrong; what was left out is no failure.
  public var passed: Bool { isComplete && interruption == nil && results.allSatisfy(\.passed) }

  public var failures: [CheckResult] { results.filter { !$0.passed } }

  /// What the device made of the images given.
  public var images: [ImageResult] { results.flatMap(\.images) }

  private enum CodingKeys: String, CodingKey {
    case device, results, running, interruption
    case notRun = "not_run"
    case isComplete = "complete"
  }
}
