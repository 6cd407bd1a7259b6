#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Compiled programs on disk, so that only the first process on a machine compiles.
package struct ProgramCache: Hashable, Sendable {
  private let folder: CacheFolder

  static let largestBinary = 1 << 28

  package init(folder: URL) {
    // About eight programs a plan, times devices and versions.
    self.folder = CacheFolder(
      url: folder, suffix: ".clbin", mostEntries: 256, largestEntry: 2 * Self.largestBinary)
  }

  /// The user's cache for a device, or nil: switched off, no home, or a driver that
  /// keeps its own or cannot be trusted with files.
  package static func standard(for device: Device) -> ProgramCache? {
    let isUseful = !device.quirks.keepsOwnProgramCache && !device.quirks.abortsOnForeignBinary
    guard isUseful else { return nil }
    return CacheFolder.standard("programs").map(ProgramCache.init)
  }

  /// The binary of an intact entry for this very key.
  func binary(for key: ProgramKey) -> [UInt8]? { folder.contents(for: key.text) }

  func store(_ binary: [UInt8], for key: ProgramKey) { folder.store(binary, for: key.text) }
}
