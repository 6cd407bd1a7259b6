#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The few calls of the C library that commands need, so that one file names the library.

/// Ends the process. What drivers do at exit may never return: then it ends without that.
func exitProcess(_ code: Int32) -> Never {
  codeAtExit = code
  signal(SIGALRM) { _ in _exit(codeAtExit) }
  alarm(secondsForDriversAtExit)
  exit(code)
}

private let secondsForDriversAtExit: UInt32 = 10
// Written once, before the alarm is set; a signal handler can reach nothing but globals.
nonisolated(unsafe) private var codeAtExit: Int32 = 0

/// Ends the process at once: no handlers, no destructors.
func abandonProcess(_ code: Int32) -> Never { _exit(code) }

/// Puts something in the place of standard descriptors that are closed, so that no file that is
/// opened later is taken for one of them. Using it is still an error.
func fillStandardDescriptors() {
  for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 {
    // The lowest free number is taken, which is this one.
    _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
  }
}

func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

/// Lets all threads allocate from one heap, where the C library is glibc. It gives each a heap of its own, whose end
/// not even malloc_trim gives back, and threads that read weights leave 10 MB each there: of R50x1's peak at 448 pixels
/// on PoCL, 376 MB, 351 are left. Labels of a folder of photographs take no longer.
func shareOneHeap() {
  #if canImport(Glibc)
    // Declared in malloc.h, which the module leaves out.
    guard let option = dlsym(nil, "mallopt") else { return }
    let mostHeaps: CInt = -8  // M_ARENA_MAX
    _ = unsafeBitCast(option, to: (@convention(c) (CInt, CInt) -> CInt).self)(mostHeaps, 1)
  #endif
}

/// A file that may not grow further is then an error of `write`.
func ignoreFileSizeLimits() { signal(SIGXFSZ, SIG_IGN) }

/// Leaves a signal to a dispatch source.
func ignoreSignal(_ number: Int32) { signal(number, SIG_IGN) }

let interruptSignal = SIGINT
let terminationSignal = SIGTERM

func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

/// The calling thread's last error of the C library, in words.
func lastErrorText() -> String { String(cString: strerror(errno)) }

/// Writes all bytes to a descriptor.
/// - Throws: `OutputError`.
func writeAll(
  _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, name: String
) throws(OutputError) {
  var done = 0
  while done < bytes.count {
    let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
    let count = write(descriptor, rest.baseAddress, rest.count)
    if count >= 0 {
      done += count
    } else if errno == EPIPE {
      throw .closedPipe
    } else if errno == EAGAIN {
      waitUntilWritable(descriptor)
    } else if errno != EINTR {
      throw .unwritable(name: name, reason: lastErrorText())
    }
  }
}

private func waitUntilWritable(_ descriptor: Int32) {
  var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
  _ = poll(&request, 1, -1)
}

/// What a path leads to, after symbolic links.
struct FileStatus {
  enum Kind {
    case file, folder
    /// A pipe, socket or device.
    case other
  }

  struct Identity: Hashable {
    let device: UInt64
    let node: UInt64
  }

  let kind: Kind
  let identity: Identity

  /// `nil` if there is nothing, or nothing that may be looked at.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .folder
    default: kind = .other
    }
    identity = Identity(device: UInt64(status.st_dev), node: UInt64(status.st_ino))
  }
}

/// Opens a file or a pipe, without waiting for a pipe's writer.
func openForReading(_ path: String) -> Int32? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
  return descriptor >= 0 ? descriptor : nil
}

func closeDescriptor(_ descriptor: Int32) { close(descriptor) }

/// Whether a read would return at once: with data, the end, or an error.
func hasInput(_ descriptor: Int32) -> Bool {
  var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
  return poll(&request, 1, 0) != 0
}

/// Whether somebody has the other end of a named pipe open; of a descriptor that was opened with
/// `openForReading` and has no input.
func hasWriter(_ descriptor: Int32) -> Bool {
  // Nobody there is the end of the input, a silent writer is EAGAIN.
  var byte: UInt8 = 0
  return read(descriptor, &byte, 1) < 0
}

/// What one read gives; empty at the end.
/// - Throws: `InputError.unreadable`.
func readAvailable(
  _ descriptor: Int32, limit: Int, name: String
) throws(InputError) -> [UInt8] {
  var failure: InputError?
  let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
    var result = 0
    repeat {
      result = read(descriptor, buffer.baseAddress, limit)
    } while result < 0 && errno == EINTR
    if result < 0 { failure = .unreadable(name: name, reason: lastErrorText()) }
    count = max(0, result)
  }
  if let failure { throw failure }
  return bytes
}

/// The beginning of a regular file; empty where it cannot be read.
func firstBytes(of path: String, count: Int) -> [UInt8] {
  guard let descriptor = openForReading(path) else { return [] }
  defer { close(descriptor) }
  return (try? readAvailable(descriptor, limit: count, name: path)) ?? []
}
