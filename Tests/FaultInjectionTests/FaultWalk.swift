import Foundation

/// One fault of the walk.
struct WalkStep: CustomStringConvertible {
  let entryPoint: String
  /// From 1.
  let call: Int
  let error: Int

  var fault: String { "\(entryPoint)@\(call)=error:\(error)" }
  var description: String { fault }

  var isRelease: Bool { entryPoint.hasPrefix("clRelease") }
}

/// Which calls of a run are made to fail, and how.
enum FaultWalk {
  /// Out of resources, of host memory, of device memory; a lost device, as drivers report it; a
  /// failed build; and a code that no specification has.
  static let errors = [-5, -6, -4, -36, -11, -9999]

  /// How much of the walk is walked: BITCL_FAULT_WALK.
  enum Extent: String {
    /// The first, the last and some calls between of each entry point; all errors at the first.
    case spread
    /// Every call of every entry point, with one of the errors in turn.
    case calls
    /// Every call with every error.
    case full
  }

  static var extent: Extent {
    ProcessInfo.processInfo.environment["BITCL_FAULT_WALK"].flatMap(Extent.init) ?? .spread
  }

  /// - Parameter ledger: Of a run without faults.
  static func steps(_ ledger: Ledger, _ extent: Extent) -> [WalkStep] {
    var steps: [WalkStep] = []
    for entryPoint in ledger.entryPoints {
      let count = ledger.calls(entryPoint)
      for call in calls(of: count, extent) {
        // Each call another error, so that all occur everywhere.
        let turn = errors[(call + steps.count) % errors.count]
        let all = extent == .full || (extent == .spread && call == 1)
        for error in all ? errors : [turn] {
          steps.append(WalkStep(entryPoint: entryPoint, call: call, error: error))
        }
      }
    }
    return steps
  }

  private static func calls(of count: Int, _ extent: Extent) -> [Int] {
    guard count > 0 else { return [] }
    guard extent == .spread, count > 5 else { return Array(1...count) }
    return (0..<5).map { 1 + (count - 1) * $0 / 4 }
  }
}
