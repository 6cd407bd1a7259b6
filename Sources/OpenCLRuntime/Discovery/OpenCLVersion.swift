/// A version of the OpenCL specification.
package struct OpenCLVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let major: Int
  package let minor: Int

  package init(_ major: Int, _ minor: Int) {
    self.major = major
    self.minor = minor
  }

  /// From a version string, which is specified as `OpenCL <major>.<minor> <vendor's own>`.
  package init?(parsing text: String) {
    let prefix = "OpenCL "
    guard text.hasPrefix(prefix) else { return nil }
    let numbers = text.dropFirst(prefix.count).prefix { $0 != " " }.split(separator: ".")
    guard numbers.count == 2, let major = Int(numbers[0]), let minor = Int(numbers[1]) else {
      return nil
    }
    self.init(major, minor)
  }

  /// What this package needs of a platform and its devices.
  package static let needed = OpenCLVersion(1, 2)

  package static func < (left: OpenCLVersion, right: OpenCLVersion) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  package var description: String { "\(major).\(minor)" }
}
