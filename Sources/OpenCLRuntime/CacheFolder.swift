#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A folder of the user's cache with an entry a file: what an earlier process found out.
///
/// Whatever is wrong with it, a full disk, a damaged or foreign file, costs the work that an entry
/// would have saved and nothing else. The key's whole text is kept in the entry and compared: a hash
/// that collides is a miss.
package struct CacheFolder: Hashable, Sendable {
  package let url: URL
  /// What the entries' file names end with; other files are left alone.
  package let suffix: String
  /// The newest are kept.
  package let mostEntries: Int
  /// Larger files are not entries. In bytes.
  package let largestEntry: Int

  /// The environment variable that switches all caches off if it is set to anything.
  package static let offVariable = "BITCL_NO_CACHE"

  private static let magic = Array("BITCLCE1".utf8)

  package init(url: URL, suffix: String, mostEntries: Int, largestEntry: Int) {
    self.url = url
    self.suffix = suffix
    self.mostEntries = mostEntries
    self.largestEntry = largestEntry
  }

  /// The place of a folder in the user's cache, or nil: switched off, or no home.
  package static func standard(
    _ name: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> URL? {
    guard environment[offVariable, default: ""].isEmpty else { return nil }
    // A relative path is to be ignored: XDG Base Directory Specification.
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") {
      return URL(filePath: base).appending(path: "bitcl/\(name)")
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return URL(filePath: home).appending(path: ".cache/bitcl/\(name)")
  }

  private func file(for key: String) -> URL {
    let digits = String(StableHash.fnv1a(key.utf8), radix: 16)
    return url.appending(
      path: String(repeating: "0", count: 32 - digits.count) + digits + suffix)
  }

  // An entry: magic, checksum (16 bytes, of all that follows), key length (8 bytes), key, contents.
  // Numbers are little-endian.

  /// What an intact entry for this very key holds.
  package func contents(for key: String) -> [UInt8]? {
    guard let bytes = BoundedFile.read(file(for: key).path, limit: largestEntry) else { return nil }
    let keyBytes = Array(key.utf8)
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
  package func store(_ contents: [UInt8], for key: String) {
    let keyBytes = Array(key.utf8)
    let body = Self.littleEndian(UInt64(keyBytes.count)) + keyBytes + contents
    let entry = Self.magic + Self.littleEndian(StableHash.fnv1a(body)) + body
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    do {
      try Data(entry).write(to: file(for: key), options: .atomic)
      removeOldest()
    } catch {
      // A full disk or a folder that is read-only: the next process finds out again.
    }
  }

  package func removeEntry(for key: String) {
    try? FileManager.default.removeItem(at: file(for: key))
  }

  /// Keeps the newest entries: every change of a kernel or driver leaves some behind.
  private func removeOldest() {
    let manager = FileManager.default
    let names = (try? manager.contentsOfDirectory(atPath: url.path)) ?? []
    let entries = names.filter { $0.hasSuffix(suffix) }
    guard entries.count > mostEntries else { return }
    let dated = entries.map { name in
      let path = url.appending(path: name).path
      let date = try? manager.attributesOfItem(atPath: path)[.modificationDate] as? Date
      return (path, date ?? .distantPast)
    }
    for (path, _) in dated.sorted(by: { $0.1 < $1.1 }).dropLast(mostEntries) {
      try? manager.removeItem(atPath: path)
    }
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
