import HubCache
import Synchronization

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if Hub
  import HuggingFaceHub
#endif

extension ModelSource {
  /// Brings the files of a hub id to the cache that the hub's tools share, as far as they are not
  /// there. For other sources, and for what is there, it does nothing, and asks nobody.
  ///
  /// Where to, from where and by which token is said by the environment, as for huggingface_hub:
  /// `HF_HOME`, `HF_HUB_CACHE`, `HF_ENDPOINT`, `HF_TOKEN`, `HF_HUB_OFFLINE` and others.
  /// - Parameter progress: Is told how many bytes of how many are there, from any thread; the total
  ///   is `nil` where the hub does not say.
  /// - Throws: An error of the kinds `.notFound`, `.networkUnavailable`, `.invalidData` or
  ///   `.unexpected` (`FailureKind`); `CancellationError`, and then the next call goes on where
  ///   this one was.
  public func download(
    progress: @escaping @Sendable (_ done: Int, _ total: Int?) -> Void = { _, _ in }
  ) async throws {
    let total = DownloadTotal()
    try await fetch { event in
      switch event {
      case .began(_, let bytes, _): total.set(bytes)
      case .progress(let done): progress(done, total.value)
      case .retrying, .waiting: break
      }
    }
  }

  /// As `download(progress:)`.
  /// - Returns: Why what is in the cache has to do, where the hub should have been asked.
  @discardableResult
  package func fetch(
    report: @escaping @Sendable (PullEvent) -> Void
  ) async throws -> String? {
    guard case .hub(let id, let revision) = self else { return nil }
    let reference = try HubReference(id, revision)
    let state = reference.snapshot()?.state ?? .incomplete
    guard state != .complete else { return nil }
    do {
      return try await reference.pull(PullOptions(), report: report).setback
    } catch ClassifierError.noDownloads where state == .usable {
      return nil
    } catch ClassifierError.noDownloads {
      throw ClassifierError.modelNotDownloaded(id: description)
    }
  }
}

extension HubReference {
  /// Fetches what a model needs.
  /// - Throws: `ClassifierError.noDownloads` in a program that was built without.
  package func pull(
    _ options: PullOptions, report: @escaping @Sendable (PullEvent) -> Void
  ) async throws -> PullResult {
    #if Hub
      try await HubPull(id, revision, settings: try HubSettings(), options: options)
        .run(report: report)
    #else
      throw ClassifierError.noDownloads(id: id.description)
    #endif
  }
}

/// The size that was announced, for the bytes that come later.
private final class DownloadTotal: Sendable {
  private let bytes = Mutex<Int?>(nil)

  var value: Int? { bytes.withLock { $0 } }

  func set(_ count: Int?) { bytes.withLock { $0 = count } }
}

#if Hub
  extension HubError: ClassifiedFailure {
    package var failureKind: FailureKind {
      switch kind {
      case .notFound: .notFound
      case .unavailable: .networkUnavailable
      case .invalidData: .invalidData
      case .storage: .unexpected
      }
    }
  }
#endif
