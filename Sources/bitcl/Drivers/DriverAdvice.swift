#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What to do about a driver that ends or blocks the process.
enum DriverAdvice {
  /// - Parameter output: The last lines that the process printed.
  static func onEnd(_ ending: ChildProcess.Ending, output: String) -> String {
    if let advice = linkerAdvice(output) { return advice }
    switch ending {
    case .tookTooLong:
      return
        "give it more time with --time-limit; if it stays in the same place, send this report to"
        + " the driver's makers"
    default: return "update or remove the driver, and send this report to its makers"
    }
  }

  /// PoCL links every kernel with `ld`, and 3.1 aborts the process where that is not in PATH.
  private static func linkerAdvice(_ output: String) -> String? {
    guard output.contains("\"ld\" doesn't exist") else { return nil }
    return
      "the driver links kernels with the program 'ld', which is not in PATH: install it (Debian:"
      + " apt install binutils), or add its folder to PATH"
  }
}
