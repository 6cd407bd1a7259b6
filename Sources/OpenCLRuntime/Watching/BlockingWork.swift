/// Work that may block, away from the concurrency pool, whose few threads all tasks share.
package enum BlockingWork {
  /// Runs `body` on a thread that is started for it.
  /// - Throws: What `body` throws.
  package static func run<Output: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () throws(Failure) -> Output
  ) async throws(Failure) -> Output {
    let result: Result<Output, Failure> = await withCheckedContinuation { continuation in
      let work: @Sendable () -> Void = {
        continuation.resume(returning: Result { () throws(Failure) in try body() })
      }
      // Where the system has no thread left, it is done here.
      if !Thread.start(work) { work() }
    }
    return try result.get()
  }
}
