import Glibc

/// Threads of our own: those of the concurrency pool must not block, and a driver's calls do.
package enum Thread {
  /// - Returns: False where the system has no thread left.
  package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    let start = Unmanaged.passRetained(Start(body))
    var thread = pthread_t()
    guard pthread_create(&thread, nil, run, start.toOpaque()) == 0 else {
      start.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  static func sleep(_ time: Duration) {
    let (seconds, attoseconds) = time.components
    var request = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    nanosleep(&request, nil)
  }

  /// What a new thread is to do, as one pointer can carry it.
  private final class Start {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
    guard let start = $0 else { return nil }
    Unmanaged<Start>.fromOpaque(start).takeRetainedValue().body()
    return nil
  }
}
