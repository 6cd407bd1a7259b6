#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How much of what the tests run over is wanted, from `BITCL_TEST_SCOPE`.
package enum TestScope: String {
  /// All backends and all cases.
  case everything
  /// The device under test alone: the other backends were tested with another device.
  case device
  /// The device under test, on small shapes: it is slow.
  case smallShapes = "small-shapes"

  /// A word that is none of these is taken for the whole.
  package static let current =
    ProcessInfo.processInfo.environment["BITCL_TEST_SCOPE"].flatMap(TestScope.init) ?? .everything
}
