#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Compiled programs on disk, so that only the first process on a machine compiles.
///
/// Whatever is wrong with it, a full disk, a damaged or foreign file, costs a compilation and
/// nothing else. The key's whole text is kept in the entry and compared: a hash that collides is a
/// miss.
package struct ProgramCache: Hashable, Sendable {
  package let folder: URL

  /// The environment variable that switches the cache off if it is set to anything.
  package static let offVariable = "BITCL_NO_CACHE"

  static let largestBinary = 1 << 28
  /// About eight programs a plan, times devices and versions.
  static let mostEntries = 256
  private static let magic = Array("BITCLPB1".utf8)

  package init(folder: URL) {
    self.folder = folder
  }

  /// The user's cache for a device, or nil: switched off, no home, or a driver that
  /// keeps its own or cannot be trusted with files.
  package static func standard(for device: Device) -> ProgramCache? {
    let environment = ProcessInfo.processInfo.environment
    let isUseful = !device.quirks.keepsOwnProgramCache && !device.quirks.abortsOnForeignBinary
    guard isUseful, environment[offVariable, default: ""].isEmpty else { return nil }
    // A relative path is to be ignored: XDG Base Directory Specification.
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") {
      return ProgramCache(folder: URL(filePath: base).appending(path: "bitcl/programs"))
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return ProgramCache(folder: URL(filePath: home).appending(path: ".cache/bitcl/programs"))
  }

  func file(for key: ProgramKey) -> URL {
    folder.appending(path: key.fileName)
  }

  // An entry: magic, checksum (16 bytes, of all that follows), key length (8 bytes), key, binary.
  // Numbers are little-endian.

  /// The binary of an intact entry for this very key.
  func binary(for key: ProgramKey) -> [UInt8]? {
    guard let bytes = BoundedFile.read(file(for: key).path, limit: 2 * Self.largestBinary) else {
      return nil
    }
    let keyBytes = Array(key.text.utf8)
    let headerSize = Self.magic.count + 16 + 8
    guard bytes.count > headerSize + keyBytes.count, bytes.starts(with: Self.magic) else {
      return nil
    }
    let checksum = bytes[Self.magic.count..<Self.magic.count + 16]
    let body = bytes[(Self.magic.count + 16)...]
    guard checksum.elementsEqual(Self.littleEndian(StableHash.fnv1a(body))),
      body.starts(with: Self.littleEndian(UInt64(keyBytes.count)) + keyBytes)
    else { return nil }
    return Array(bytes[(headerSize + keyBytes.count)...])
  }

  /// Writes an entry in one step, so that no process ever sees half of it.
  func store(_ binary: [UInt8], for key: ProgramKey) {
    let keyBytes = Array(key.text.utf8)
    let body = Self.littleEndian(UInt64(keyBytes.count)) + keyBytes + binary
    let entry = Self.magic + Self.littleEndian(StableHash.fnv1a(body)) + body
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
      try Data(entry).write(to: file(for: key), options: .atomic)
      removeOldest()
    } catch {
      // A full disk or a folder that is read-only: the next process compiles again.
    }
  }

  /// Keeps the newest entries: every change of a kernel or driver leaves some behind.
  private func removeOldest() {
    let manager = FileManager.default
    let names = (try? manager.contentsOfDirectory(atPath: folder.path)) ?? []
    let entries = names.filter { $0.hasSuffix(ProgramKey.fileSuffix) }
    guard entries.count > Self.mostEntries else { return }
    let dated = entries.map { name in
      let path = folder.appending(path: name).path
      let date = try? manager.attributesOfItem(atPath: path)[.modificationDate] as? Date
      return (path, date ?? .distantPast)
    }
    for (path, _) in dated.sorted(by: { $0.1 < $1.1 }).dropLast(Self.mostEntries) {
      try? manager.removeItem(atPath: path)
    }
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
