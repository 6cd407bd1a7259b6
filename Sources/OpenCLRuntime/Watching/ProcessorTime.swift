#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Programs that this process started, as a driver's compiler may start a linker.
enum ChildProcesses {
  static var exist: Bool {
    var information = siginfo_t()
    // Looks without waiting, and leaves an ended child to whoever waits for it.
    return waitid(P_ALL, 0, &information, WEXITED | WNOHANG | WNOWAIT) == 0
  }
}

/// The processor time of this process and of the programs that it ran to their end, such as a
/// driver's linker. It goes on only while they are given a processor.
package enum ProcessorTime {
  package static var used: Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    var children = rusage()
    getrusage(childrenOfThisProcess, &children)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
      + duration(children.ru_utime) + duration(children.ru_stime)
  }

  #if canImport(Glibc)
    private static let childrenOfThisProcess = __rusage_who_t(RUSAGE_CHILDREN.rawValue)
  #else
    private static let childrenOfThisProcess = Int32(RUSAGE_CHILDREN)
  #endif

  private static func duration(_ time: timeval) -> Duration {
    .seconds(time.tv_sec) + .microseconds(Int64(time.tv_usec))
  }
}
