import Glibc

/// State behind a lock, with a way to wait for its change.
///
/// POSIX primitives, since `Synchronization.Mutex` cannot be waited on, and since ThreadSanitizer
/// does not see it: every access under it is reported as a race (Swift 6.3, Linux).
package final class Monitor<State>: @unchecked Sendable {
  // Unchecked: `state` is touched with the mutex locked only.
  private var state: State
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let change = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  package init(_ state: State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(change, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(change)
    pthread_mutex_destroy(mutex)
    change.deallocate()
    mutex.deallocate()
  }

  package func withLock<Result>(_ body: (inout State) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(&state)
  }

  /// Changes the state and wakes who waits.
  package func update<Result>(_ body: (inout State) -> Result) -> Result {
    defer { pthread_cond_broadcast(change) }
    return withLock(body)
  }

  /// Waits until `condition` holds.
  package func wait(until condition: (State) -> Bool) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !condition(state) { pthread_cond_wait(change, mutex) }
  }

  /// Waits until `condition` holds, for at most `limit` milliseconds.
  func wait(milliseconds limit: Int, until condition: (State) -> Bool) {
    var deadline = timespec()
    clock_gettime(CLOCK_MONOTONIC, &deadline)
    let nanoseconds = deadline.tv_nsec + limit * 1_000_000
    deadline.tv_sec += nanoseconds / 1_000_000_000
    deadline.tv_nsec = nanoseconds % 1_000_000_000
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while !condition(state), pthread_cond_timedwait(change, mutex, &deadline) == 0 {}
  }
}
