// The C library's stdout is a variable, which nobody ever assigns to.
#if canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#elseif canImport(Darwin)
  @preconcurrency import Darwin
#endif

/// The calls that a program needs to live with child processes.

/// Keeps what a descriptor leads to under a new number, which programs that are started do not
/// inherit, and puts another in its place.
/// - Returns: The new number.
func takeOver(_ descriptor: Int32, by replacement: Int32) -> Int32? {
  let kept = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
  guard kept >= 0 else { return nil }
  guard dup2(replacement, descriptor) == descriptor else {
    close(kept)
    return nil
  }
  return kept
}

/// As `takeOver(_:by:)`, with nothing to read in its place. Not with /dev/null, which a bare file
/// system lacks.
func takeOverForReading(_ descriptor: Int32) -> Int32? {
  var ends: [Int32] = [-1, -1]
  guard pipe(&ends) == 0 else { return nil }
  close(ends[1])
  defer { close(ends[0]) }
  return takeOver(descriptor, by: ends[0])
}

func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

/// Ends this process and, where it leads a group of its own, those that it started.
func endProcessGroup() -> Never {
  if getpgrp() == getpid() { kill(0, SIGKILL) }
  _exit(1)
}

/// Runs a function on a thread of its own; not at all where there can be no further thread.
func startThread(_ body: @escaping @Sendable () -> Void) {
  final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
  let start = Unmanaged.passRetained(Start(body))
  var thread = pthread_t()
  let status = pthread_create(
    &thread, nil,
    { argument in
      guard let argument else { return nil }
      Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
      return nil
    }, start.toOpaque())
  if status == 0 { pthread_detach(thread) } else { start.release() }
}

/// The processor time that a process has used.
/// - Returns: `nil` where it is gone, or where the system does not say.
func processorTime(ofProcess process: Int32) -> Duration? {
  let stat = firstBytes(of: "/proc/\(process)/stat", count: 1024)
  // proc(5): the second field is a name in parentheses, which may hold blanks; utime and stime are
  // the 14th and the 15th.
  guard let end = stat.lastIndex(of: UInt8(ascii: ")")) else { return nil }
  let fields = stat[stat.index(after: end)...].split(separator: UInt8(ascii: " "))
  guard fields.count > 12,
    let user = Int(String(decoding: fields[11], as: UTF8.self)),
    let system = Int(String(decoding: fields[12], as: UTF8.self))
  else { return nil }
  return .seconds(1) * (user + system) / max(sysconf(Int32(_SC_CLK_TCK)), 1)
}

/// The signals that end a process, and what they are sent for.
let fatalSignals: [(number: Int32, name: String, meaning: String)] = [
  (SIGABRT, "SIGABRT", "it gave up: a failed assertion, or heap damage"),
  (SIGBUS, "SIGBUS", "an access to memory that is not there"),
  (SIGFPE, "SIGFPE", "an integer division by zero"),
  (SIGILL, "SIGILL", "an instruction that the processor does not know, or a trap"),
  (SIGINT, "SIGINT", "an interrupt"),
  (SIGKILL, "SIGKILL", "killed; by the system where memory is short"),
  (SIGPIPE, "SIGPIPE", "a write to a pipe that nobody reads"),
  (SIGSEGV, "SIGSEGV", "an access to memory that is not its own"),
  (SIGTERM, "SIGTERM", "asked to end"),
  (SIGTRAP, "SIGTRAP", "a trap"),
  (SIGXCPU, "SIGXCPU", "its limit of processor time"),
]

/// The kernel's name and release, and the machine's architecture.
func kernelDescription() -> String {
  var name = utsname()
  guard uname(&name) == 0 else { return "unknown" }
  func text(_ field: some Any) -> String {
    withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
  return "\(text(name.sysname)) \(text(name.release)) \(text(name.machine))"
}

/// Makes the C library pass on each line that is printed to stdout as it comes.
func writeLinesAtOnce() { setvbuf(stdout, nil, _IOLBF, 0) }
