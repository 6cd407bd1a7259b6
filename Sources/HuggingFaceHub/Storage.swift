import HubCache

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes a repository's files into the cache as huggingface_hub 2.4 does, so that both can go on
/// with what the other made (its `file_download.py`).
struct Storage {
  let cache: HubCache
  let id: RepositoryID
  let usesSymbolicLinks: Bool

  private var folder: String { cache.folder(of: id) }

  func blob(_ hash: ContentHash) -> String { "\(folder)/blobs/\(hash)" }

  func pointer(_ name: FileName, _ commit: Commit) -> String {
    "\(cache.snapshotFolder(of: id, commit))/\(name)"
  }

  /// The lock of a file, which is made if need be.
  /// - Throws: `HubError.storage`.
  func lockFile(_ hash: ContentHash) throws(HubError) -> String {
    let folder = "\(cache.root)/.locks/\(id.folderName)"
    try StorageFile.makeFolder(folder)
    return "\(folder)/\(hash).lock"
  }

  /// Makes the folders that files are put in.
  /// - Throws: `HubError.storage`.
  func prepare(_ commit: Commit) throws(HubError) {
    try StorageFile.makeFolder("\(folder)/blobs")
    try StorageFile.makeFolder(cache.snapshotFolder(of: id, commit))
    let tag = "\(cache.root)/CACHEDIR.TAG"
    if !StorageFile.isFile(tag) {
      // Only backups miss it.
      try? StorageFile.replace(tag, with: Self.cacheTag)
    }
  }

  // https://bford.info/cachedir: backup programs leave out what is in a folder with such a file.
  private static let cacheTag = """
    Signature: 8a477f597d28d172789f06886806bc55
    # This file is a cache directory tag created by huggingface_hub.
    # For information about cache directory tags, see:
    #\thttps://bford.info/cachedir/

    """

  /// Notes the commit of a branch or tag.
  /// - Throws: `HubError.storage`.
  func note(_ revision: Revision, _ commit: Commit) throws(HubError) {
    guard revision.commit == nil else { return }
    let path = "\(folder)/refs/\(revision)"
    if SmallFile.read(path, limit: 64) == Array(commit.description.utf8) { return }
    if let slash = path.lastIndex(of: "/") { try StorageFile.makeFolder(String(path[..<slash])) }
    try StorageFile.replace(path, with: commit.description)
  }

  /// Notes that a commit has no such file, so that nobody has to ask again.
  func noteAbsence(of name: String, _ commit: Commit) {
    let folder = "\(folder)/.no_exist/\(commit)"
    let path = "\(folder)/\(name)"
    // Without the note the hub is asked once more, that is all.
    guard !StorageFile.isFile(path), (try? StorageFile.makeFolder(folder)) != nil else { return }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    if descriptor >= 0 { close(descriptor) }
  }

  /// Shows a blob as a file of a snapshot: by a link, or where there are none, by itself.
  /// - Parameter isNew: Nobody else can refer to the blob yet.
  /// - Throws: `HubError.storage`.
  func link(_ file: RemoteFile, isNew: Bool) throws(HubError) {
    let pointer = pointer(file.name, file.commit)
    let blob = blob(file.hash)
    // One that leads nowhere.
    if !StorageFile.isFile(pointer) { StorageFile.remove(pointer) }
    if usesSymbolicLinks {
      if symlink("../../blobs/\(file.hash)", pointer) == 0 { return }
      if errno == EEXIST, StorageFile.isFile(pointer) { return }
      guard [EPERM, EACCES, ENOTSUP, ENOSYS, EINVAL].contains(errno) else {
        throw StorageFile.fail(pointer)
      }
    }
    if isNew { return try StorageFile.move(blob, to: pointer) }
    try copy(blob, to: pointer)
  }

  private func copy(_ source: String, to target: String) throws(HubError) {
    let input = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard input >= 0 else { throw StorageFile.fail(source) }
    defer { close(input) }
    let temporary = "\(target).\(getpid()).tmp"
    let output = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard output >= 0 else { throw StorageFile.fail(temporary) }
    defer { close(output) }
    do {
      let size = StorageFile.size(of: source) ?? 0
      var failure: HubError?
      try StorageFile.readPieces(of: input, path: source, count: size, Cancellation()) { bytes in
        if failure == nil, write(output, bytes.baseAddress, bytes.count) != bytes.count {
          failure = StorageFile.fail(temporary)
        }
      }
      if let failure { throw failure }
      try StorageFile.move(temporary, to: target)
    } catch {
      StorageFile.remove(temporary)
      throw (error as? HubError) ?? StorageFile.fail(target)
    }
  }
}
