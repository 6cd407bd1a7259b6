#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The few calls of the C library that commands need, so that one file names the library.

func exitProcess(_ code: Int32) -> Never { exit(code) }

/// Ends the process at once: no handlers, no destructors.
func abandonProcess(_ code: Int32) -> Never { _exit(code) }

func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

/// Leaves SIGINT to a dispatch source.
func ignoreInterrupts() { signal(SIGINT, SIG_IGN) }

func restoreInterrupts() { signal(SIGINT, SIG_DFL) }

let interruptSignal = SIGINT

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

/// Writes a whole file, replacing what it held.
/// - Throws: `OutputError`.
func writeFile(_ bytes: UnsafeRawBufferPointer, path: String) throws(OutputError) {
  // O_NONBLOCK: a pipe that nobody reads is an error, not a wait.
  let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NONBLOCK
  let descriptor = open(path, flags, 0o666)
  guard descriptor >= 0 else { throw .unwritable(name: path, reason: lastErrorText()) }
  do throws(OutputError) {
    try writeAll(bytes, to: descriptor, name: path)
  } catch {
    close(descriptor)
    throw error
  }
  // Some file systems tell only now that there was no room.
  guard close(descriptor) == 0 else { throw .unwritable(name: path, reason: lastErrorText()) }
}
