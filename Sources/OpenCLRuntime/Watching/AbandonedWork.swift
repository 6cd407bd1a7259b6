import Glibc
import Synchronization

/// Work that was given up while a driver is still at it.
///
/// At exit the drivers' libraries tear down their state; a thread that is still compiling then
/// crashes the process (seen with PoCL 3.1), and a hung device may block it for ever. As long as
/// something is abandoned, the process therefore ends without those destructors.
enum AbandonedWork {
  private static let count = Atomic<Int>(0)
  /// For what is under way when the process ends; normally that is nothing, or a few releases.
  private static let patienceAtExit = Duration.seconds(5)

  static var exists: Bool { count.load(ordering: .acquiring) > 0 }

  static func begin() {
    finalHandler
    count.add(1, ordering: .acquiringAndReleasing)
  }

  /// The driver came back after all.
  static func end() {
    count.subtract(1, ordering: .acquiringAndReleasing)
  }

  /// To be called when drivers are loaded: handlers run in the reverse order of their registration,
  /// so that ours runs before theirs.
  static func prepareExit() { firstHandler }

  private static let firstHandler: Void = register()
  /// Once more, for a driver that was loaded in between.
  private static let finalHandler: Void = register()

  private static func register() {
    on_exit(
      { status, _ in
        let isDone =
          !AbandonedWork.exists && OutstandingWork.finish(within: AbandonedWork.patienceAtExit)
        guard !isDone || AbandonedWork.exists else { return }
        fflush(nil)
        _exit(status)
      }, nil)
  }
}
