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

/// The processor time of this process, which goes on only while it is given a processor.
enum ProcessorTime {
  static var used: Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
