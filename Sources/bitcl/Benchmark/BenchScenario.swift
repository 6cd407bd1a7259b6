import ArgumentParser

/// What is timed.
enum BenchScenario: String, CaseIterable, Codable, ExpressibleByArgument {
  /// One request at a time, each timed by itself: pixels in, logits out.
  case latency
  /// A stream of batches as `classify` keeps it going for a folder: the next ones are made ready
  /// while the device computes.
  case throughput
  /// Reading, decoding and preparing images, as `classify` does before the device has them.
  case prepare
}
