import FoundationEssentials

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files that appear in their folder only when all of them are complete.
///
/// Until then they lie in a hidden folder beside the place, or in it where it exists, which goes
/// away with this object.
package final class PendingFolder {
  /// Where the files are to be written.
  package let path: String
  private let destination: String
  /// The destination is there already.
  private let isExisting: Bool
  private var isPublished = false

  /// - Parameter overwriting: Whether the folder may hold something already. Files of other names
  ///   stay.
  /// - Throws: `ExportError.destination`.
  package init(for destination: String, overwriting: Bool) throws(ExportError) {
    var status = stat()
    if stat(destination, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw .destination(path: destination, reason: "it is a file. Name a folder")
      }
      guard overwriting || Self.isEmpty(destination) else {
        throw .destination(
          path: destination,
          reason: "the folder is not empty. Name another one, or say --overwrite")
      }
      isExisting = true
    } else {
      isExisting = false
    }
    self.destination = destination
    let prefix = isExisting ? "\(destination)/.bitcl" : try Self.sibling(of: destination)
    path = "\(prefix)-\(getpid())-\(String(UInt32.random(in: 0...(.max)), radix: 36))"
    guard mkdir(path, 0o777) == 0 else {
      throw .destination(path: destination, reason: String(cString: strerror(errno)))
    }
  }

  deinit { if !isPublished { try? FileManager.default.removeItem(atPath: path) } }

  /// Writes a small file.
  package func write(_ text: String, to name: String) throws(ExportError) {
    let file = try FileWriter(creating: "\(path)/\(name)")
    try file.write(Array(text.utf8).span.bytes)
    try file.finish()
  }

  /// Gives the files their place.
  /// - Parameters:
  ///   - files: Their names, in the order in which they appear.
  ///   - isObsolete: Whether a file that was there before contradicts the new ones.
  /// - Throws: `ExportError.unwritable`.
  package func publish(
    _ files: [String], removing isObsolete: (String) -> Bool = { _ in false }
  ) throws(ExportError) {
    try Self.synchronize(path)
    if isExisting {
      let old = (try? FileManager.default.contentsOfDirectory(atPath: destination)) ?? []
      for name in files {
        try Self.move("\(path)/\(name)", to: "\(destination)/\(name)")
      }
      for name in old where isObsolete(name) && !files.contains(name) {
        unlink("\(destination)/\(name)")
      }
      rmdir(path)
    } else {
      try Self.move(path, to: destination)
    }
    isPublished = true
    try Self.synchronize(isExisting ? destination : Self.parent(of: destination))
  }

  /// Whether two paths lead to the same folder or file.
  package static func isSame(_ first: String, _ second: String) -> Bool {
    var (a, b) = (stat(), stat())
    guard stat(first, &a) == 0, stat(second, &b) == 0 else { return false }
    return (a.st_dev, a.st_ino) == (b.st_dev, b.st_ino)
  }

  private static func move(_ source: String, to target: String) throws(ExportError) {
    guard rename(source, target) == 0 else {
      throw .unwritable(path: target, reason: String(cString: strerror(errno)))
    }
  }

  /// A folder's entries are on the disk only when the folder itself is.
  private static func synchronize(_ folder: String) throws(ExportError) {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw .unwritable(path: folder, reason: String(cString: strerror(errno)))
    }
  }

  private static func isEmpty(_ folder: String) -> Bool {
    (try? FileManager.default.contentsOfDirectory(atPath: folder).isEmpty) ?? false
  }

  /// How a hidden folder on the same file system as the place begins.
  private static func sibling(of destination: String) throws(ExportError) -> String {
    let parent = parent(of: destination)
    var status = stat()
    guard stat(parent, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw .destination(path: destination, reason: "there is no folder \(parent)")
    }
    let name = withoutSlashes(destination).split(separator: "/").last ?? "model"
    return "\(parent == "/" ? "" : parent)/.\(name.prefix(100)).bitcl"
  }

  private static func parent(of path: String) -> String {
    let path = withoutSlashes(path)
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Without those at the end.
  private static func withoutSlashes(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }
}
