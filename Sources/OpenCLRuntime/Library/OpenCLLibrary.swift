internal import COpenCL

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The OpenCL library of this process, opened at first use.
///
/// The program is not linked against it, so that it starts on machines that have none.
package struct OpenCLLibrary: Sendable {
  /// What was opened, or why nothing was.
  package let result: Result<String, OpenCLError>

  /// The environment variable that names another library.
  package static let pathVariable = "BITCL_OPENCL_LIBRARY"

  /// The one that every call goes to.
  package static let shared = OpenCLLibrary(
    result: open(named: ProcessInfo.processInfo.environment[pathVariable], adopt: true))

  /// Whether the library at `path` has all that is needed, without using it.
  package static func probe(_ path: String) -> Result<String, OpenCLError> {
    open(named: path, adopt: false)
  }

  /// - Parameter path: the only candidate, unless nil or empty: a user who names a library wants to
  ///   hear that it does not work, not to get another one.
  private static func open(named path: String?, adopt: Bool) -> Result<String, OpenCLError> {
    let isNamed = path?.isEmpty == false
    let candidates = isNamed ? [path ?? ""] : ["libOpenCL.so.1", "libOpenCL.so"]
    var reasons: [String] = []
    for candidate in candidates {
      if let reason = refusal(candidate) {
        reasons.append(reason)
        continue
      }
      let reason = withMessage { bitcl_opencl_open(candidate, adopt, $0, $1) }
      guard let reason else { return .success(candidate) }
      reasons.append(reason)
    }
    return .failure(
      OpenCLError(.libraryUnavailable(named: isNamed), detail: reasons.joined(separator: "; ")))
  }

  /// Why the dynamic linker cannot load the library at `path`, or nil if it can.
  static func reasonNotToLoad(_ path: String) -> String? {
    refusal(path) ?? withMessage { bitcl_library_loads(path, $0, $1) }
  }

  /// Why a path cannot be a library. Opening a named pipe would wait for its writer for ever.
  private static func refusal(_ path: String) -> String? {
    guard path.contains("/") else { return nil }
    guard let isRegular = BoundedFile.isRegular(path) else { return "\(path): no such file" }
    return isRegular ? nil : "\(path): not a regular file"
  }

  /// The message that `body` left when it failed, or nil.
  private static func withMessage(_ body: (UnsafeMutablePointer<CChar>, Int) -> Bool) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { buffer -> String? in
      guard let base = buffer.baseAddress else { return "no memory" }
      base.initialize(repeating: 0, count: buffer.count)
      return body(base, buffer.count) ? nil : String(cString: base)
    }
  }
}
