/// What has passed between host and device through one `Context` since it was made.
///
/// Two snapshots around a piece of work prove what stayed resident: no upload, no new buffer.
package struct RuntimeCounters: Hashable, Sendable {
  /// Bytes written to device buffers; fills and copies on the device do not count.
  package var bytesUploaded = 0
  package var bytesDownloaded = 0
  /// Allocations; sub-buffers are counted apart, for they allocate nothing.
  package var buffersCreated = 0
  package var bytesAllocated = 0
  package var subBuffersCreated = 0
  /// Programs compiled from source.
  package var programsBuilt = 0
  /// Programs taken from the cache on disk.
  package var programsLoaded = 0
  package var launches = 0

  package init() {}

  /// What was added between two snapshots.
  package static func - (later: RuntimeCounters, earlier: RuntimeCounters) -> RuntimeCounters {
    var difference = RuntimeCounters()
    for field in fields {
      difference[keyPath: field] = later[keyPath: field] - earlier[keyPath: field]
    }
    return difference
  }

  private static var fields: [WritableKeyPath<RuntimeCounters, Int>] {
    [
      \.bytesUploaded, \.bytesDownloaded, \.buffersCreated, \.bytesAllocated, \.subBuffersCreated,
      \.programsBuilt, \.programsLoaded, \.launches,
    ]
  }
}

/// The counters of a context, shared by everything that was made in it.
final class CounterStore: Sendable {
  private let counters = Monitor(RuntimeCounters())

  var snapshot: RuntimeCounters { counters.withLock { $0 } }

  func update(_ change: (inout RuntimeCounters) -> Void) {
    counters.withLock { change(&$0) }
  }
}
