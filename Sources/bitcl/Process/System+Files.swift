#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes a whole file under a name of its own and then gives it the name wanted, so that nobody
/// ever finds a part of it. What is no regular file, such as a pipe, is written to directly.
/// - Throws: `OutputError`.
func replaceFile(_ bytes: UnsafeRawBufferPointer, path: String) throws(OutputError) {
  // O_NONBLOCK: a pipe that nobody reads is an error, not a wait.
  let direct = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK
  var status = stat()
  let exists = stat(path, &status) == 0
  guard !exists || status.st_mode & S_IFMT == S_IFREG else {
    return try writeFile(bytes, path: path, name: path, flags: direct)
  }
  let target = resolvedPath(path) ?? path
  let temporary = "\(target).\(getpid()).part"
  do throws(OutputError) {
    try writeFile(
      bytes, path: temporary, name: path, flags: O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
      mode: exists ? status.st_mode & 0o7777 : nil)
  } catch {
    unlink(temporary)
    // In a folder where nothing can be made, a file may still be written to.
    guard exists, access(target, W_OK) == 0, !mayMakeFiles(beside: target) else { throw error }
    return try writeFile(bytes, path: path, name: path, flags: direct)
  }
  guard rename(temporary, target) == 0 else {
    let error = OutputError.unwritable(name: path, reason: lastErrorText())
    unlink(temporary)
    throw error
  }
}

/// - Parameter mode: The permissions; `nil` for those of a new file.
private func writeFile(
  _ bytes: UnsafeRawBufferPointer, path: String, name: String, flags: Int32, mode: mode_t? = nil
) throws(OutputError) {
  let descriptor = open(path, flags, 0o666)
  guard descriptor >= 0 else { throw .unwritable(name: name, reason: lastErrorText()) }
  do throws(OutputError) {
    if let mode { fchmod(descriptor, mode) }
    try writeAll(bytes, to: descriptor, name: name)
  } catch {
    close(descriptor)
    throw error
  }
  // Some file systems tell only now that there was no room.
  guard close(descriptor) == 0 else { throw .unwritable(name: name, reason: lastErrorText()) }
}

/// Where symbolic links lead to.
private func resolvedPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}

private func mayMakeFiles(beside path: String) -> Bool {
  let end = path.lastIndex(of: "/")
  let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  return access(folder, W_OK | X_OK) == 0
}

/// Makes a folder that only this user may enter.
/// - Parameter template: Its path, with `XXXXXX` at the end for what makes it unique.
func makeFolder(template: String) -> String? {
  var path = Array(template.utf8CString)
  return path.withUnsafeMutableBufferPointer { buffer in
    buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
  }
}
