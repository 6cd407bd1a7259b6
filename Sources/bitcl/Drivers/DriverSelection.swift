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
  private let folder: URL

  /// - Throws: `CommandFailure` where there is no place for a temporary folder.
  init(_ drivers: [InstalledDriver]) throws {
    self.drivers = drivers
    folder = FileManager.default.temporaryDirectory
      .appending(path: "bitcl-drivers-\(UUID().uuidString)", directoryHint: .isDirectory)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
      for (place, driver) in drivers.enumerated() {
        // In the order in which they are given: loaders sort by name, or not at all.
        try Data((driver.library ?? "").utf8)
          .write(to: folder.appending(path: "\(place + 10).icd"))
      }
    } catch {
      throw CommandFailure(
        .unexpected, "cannot write to \(folder.path): \(error). Set TMPDIR to a folder that can be"
          + " written to")
    }
  }

  var environment: [String: String] { ["OCL_ICD_VENDORS": folder.path] }

  deinit { try? FileManager.default.removeItem(at: folder) }
}
