import BigTransfer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The images of a folder and the folders in it, sorted by name.
///
/// What begins with a dot is passed over, as are files that are no images by name or by their
/// first bytes. A folder that is reached again, as by a symbolic link to its parent, is not
/// entered again.
struct FolderWalk {
  private var pending: [String]
  private var visited: Set<FileStatus.Identity> = []

  init(_ folder: String) { pending = [folder] }

  mutating func next() -> ImageRequest? {
    while let path = pending.popLast() {
      guard let status = FileStatus(path: path) else { continue }
      switch status.kind {
      case .folder:
        guard visited.insert(status.identity).inserted else { continue }
        do {
          let names = try FileManager.default.contentsOfDirectory(atPath: path)
          let prefix = path.hasSuffix("/") ? path : path + "/"
          pending += names.filter { !$0.hasPrefix(".") }.sorted(by: >).map { prefix + $0 }
        } catch {
          let reason = InputError.unreadable(name: path, reason: "the folder cannot be listed")
          return ImageRequest(name: path, source: .failure(reason))
        }
      case .file:
        if Self.isImage(path) {
          return ImageRequest(name: path, source: .success(.file(path)))
        }
      case .other: continue
      }
    }
    return nil
  }

  private static let extensions: Set<String> = ["jpg", "jpeg", "jpe", "png", "webp"]

  /// A file that is called an image, or begins like one.
  private static func isImage(_ path: String) -> Bool {
    if let dot = path.lastIndex(of: "."),
      extensions.contains(path[path.index(after: dot)...].lowercased())
    {
      return true
    }
    switch ImageKind(firstBytes(of: path, count: 32)) {
    case .jpeg, .png, .webP: return true
    default: return false
    }
  }
}
