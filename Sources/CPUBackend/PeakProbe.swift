import CVectorKernels

/// Measures what the processor's arithmetic gives at most: multiply-adds that need nothing but
/// registers, on all threads at the same time, in the widest vectors that it has.
public struct PeakProbe: Sendable {
  private let kernels = (InstructionSet.available.last ?? .baseline).kernels
  private let workers: WorkerPool

  private static let bursts = 5
  private static let burstTime = 0.03
  private static let longestBurst = 1 << 40

  /// - Parameter threads: By default as many as the process may use processors.
  public init(threads: Int? = nil) { workers = WorkerPool(threads: threads) }

  /// Processors that the process may use.
  public static var usableThreads: Int { WorkerPool(threads: nil).threads }

  /// - Returns: Floating-point operations a second, a multiply-add counted as two; the best of
  ///   several bursts.
  public func run() async throws -> Double {
    try await ComputeQueue().perform { cancellation in
      var rounds = 1 << 16
      var best = 0.0
      for _ in 0..<Self.bursts {
        try cancellation.check()
        var time = seconds(rounds)
        while time < Self.burstTime / 2, rounds < Self.longestBurst {
          rounds *= 2
          time = seconds(rounds)
        }
        let products = Double(rounds) * Double(workers.threads * kernels.table.products_per_round)
        best = max(best, time > 0 ? 2 * products / time : 0)
      }
      return best
    }
  }

  private func seconds(_ rounds: Int) -> Double {
    let start = ContinuousClock.now
    workers.forEach(workers.threads) { _, _ in
      // Converges to 2: never so small that a processor would take longer.
      _ = kernels.table.multiply_add(rounds, 0.5, 1)
    }
    return start.duration(to: .now) / .seconds(1)
  }
}
