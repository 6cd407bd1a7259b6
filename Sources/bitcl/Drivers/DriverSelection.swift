import BigTransfer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Some of the installed drivers, and an environment in which the loader sees only them.
///
/// Every loader takes a folder in `OCL_ICD_VENDORS`; only ocl-icd takes a single file there.
final class DriverSelection: Sendable {
  let drivers: [InstalledDriver]
  private let folder: TemporaryFolder

  /// - Throws: `CommandFailure` where there is no place for a temporary folder.
  init(_ drivers: [InstalledDriver]) throws {
    self.drivers = drivers
    folder = try TemporaryFolder("drivers")
    for (place, driver) in drivers.enumerated() {
      // Numbers of two digits keep the order where a loader sorts by name.
      try folder.write(Data((driver.library ?? "").utf8), to: "\(place + 10).icd")
    }
  }

  var environment: [String: String] { ["OCL_ICD_VENDORS": folder.url.path] }
}
