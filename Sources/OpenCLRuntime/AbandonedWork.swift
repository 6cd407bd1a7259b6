import Glibc
import Synchronization

/// Work that was given up while a driver is still at it.
///
/// At exit the drivers' libraries tear down their state; a thread that is still compiling then
/// crashes the process (seen with PoCL 3.1), and a hung device may block it for ever. As long as
/// something is abandoned, the process therefore ends without those destructors.
enum AbandonedWork {
  private static let count = Atomic<Int>(0)

  // Handlers run in the reverse order of their registration: this one, which comes after the
  // drivers were loaded, runs before theirs.
  private static let exitHandler: Void = {
    on_exit(
      { status, _ in
        guard AbandonedWork.count.load(ordering: .acquiring) > 0 else { return }
        fflush(nil)
        _exit(status)
      }, nil)
  }()

  static func begin() {
    exitHandler
    count.add(1, ordering: .acquiringAndReleasing)
  }

  /// The driver came back after all.
  static func end() {
    count.subtract(1, ordering: .acquiringAndReleasing)
  }
}
