import Testing

extension Trait where Self == ParallelizationTrait {
  /// For suites with many cases that each hold a model's files open: one after another, as all of them at once
  /// have more than a thousand. With some 1,300 open descriptors Foundation's `Process.run` (Swift 6.3) may crash,
  /// in any other test: it looks for the highest one in /proc/self/fd and copies whole entries, the last of them
  /// from beyond readdir's buffer.
  public static var holdsFiles: Self { .serialized }
}
