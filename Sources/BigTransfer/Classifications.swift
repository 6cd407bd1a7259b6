import BiTModel
import ImageInput

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One image's result in a stream.
public struct Classification: Sendable {
  /// The image's place in the stream, from 0.
  public let position: Int
  /// What the image is called: its path, if it has one.
  public let name: String
  public let result: Result<[Prediction], any Error>
}

/// The results of a stream of images, in the images' order.
///
/// While the device computes one batch, the next is read and prepared, and no more than that:
/// however long the stream is, memory is bounded. Iterating starts the work; ending the iteration
/// or cancelling its task stops it.
public struct Classifications: AsyncSequence, Sendable {
  public typealias Element = Classification
  public typealias Failure = Never

  /// Batches that are under way at the same time, at most.
  package static let batchesInFlight = ClassificationPipeline.batchesInFlight

  let start: @Sendable () -> ClassificationPipeline

  public func makeAsyncIterator() -> Iterator { Iterator(pipeline: start()) }

  public struct Iterator: AsyncIteratorProtocol {
    let pipeline: ClassificationPipeline
    private var batch: ArraySlice<Classification> = []

    init(pipeline: ClassificationPipeline) { self.pipeline = pipeline }

    public mutating func next() async -> Classification? {
      await next(isolation: #isolation)
    }

    public mutating func next(
      isolation actor: isolated (any Actor)?
    ) async -> Classification? {
      while batch.isEmpty {
        guard let next = await pipeline.next() else { return nil }
        batch = next[...]
      }
      return batch.removeFirst()
    }
  }
}

extension ImageClassifier {
  /// Images that are computed together where the caller does not say.
  public static let defaultBatchSize = 8

  /// Labels images one after the other as they are asked for; a failure is an element.
  /// - Parameters:
  ///   - batchSize: How many images are computed together. Results do not depend on it.
  ///   - topK: How many labels to return at most.
  ///   - threshold: Lower scores are left out.
  public func classifications<Images: Sequence & Sendable>(
    of images: Images, batchSize: Int = defaultBatchSize, topK: Int = 5, threshold: Double? = nil
  ) -> Classifications where Images.Element == ImageSource {
    classifications(
      ofEach: SequenceStream(images: images), batchSize: batchSize, topK: topK,
      threshold: threshold)
  }

  /// Labels image files.
  public func classifications<Files: Sequence & Sendable>(
    of files: Files, batchSize: Int = defaultBatchSize, topK: Int = 5, threshold: Double? = nil
  ) -> Classifications where Files.Element == URL {
    classifications(
      of: files.map { ImageSource.file($0) }, batchSize: batchSize, topK: topK,
      threshold: threshold)
  }

  /// Labels images that arrive over time.
  public func classifications<Images: AsyncSequence & Sendable>(
    of images: Images, batchSize: Int = defaultBatchSize, topK: Int = 5, threshold: Double? = nil
  ) -> Classifications where Images.Element == ImageSource, Images.Failure == Never {
    classifications(
      ofEach: images.map { ImageRequest(name: $0.name, source: .success($0)) },
      batchSize: batchSize, topK: topK, threshold: threshold)
  }

  /// As above, for a caller that knows already that some images cannot be had.
  package func classifications<Requests: AsyncSequence & Sendable>(
    ofEach requests: Requests, batchSize: Int, topK: Int, threshold: Double?
  ) -> Classifications where Requests.Element == ImageRequest, Requests.Failure == Never {
    Classifications {
      ClassificationPipeline(
        self, requests: requests, batchSize: Swift.max(1, batchSize), topK: topK,
        threshold: threshold)
    }
  }
}

/// An image that was asked for, or why there is none.
package struct ImageRequest: Sendable {
  package let name: String
  package let source: Result<ImageSource, any Error>

  package init(name: String, source: Result<ImageSource, any Error>) {
    self.name = name
    self.source = source
  }
}

/// A sequence of images as an asynchronous one.
private struct SequenceStream<Images: Sequence & Sendable>: AsyncSequence, Sendable
where Images.Element == ImageSource {
  typealias Element = ImageRequest
  typealias Failure = Never

  let images: Images

  struct Iterator: AsyncIteratorProtocol {
    var images: Images.Iterator

    mutating func next() async -> ImageRequest? {
      images.next().map { ImageRequest(name: $0.name, source: .success($0)) }
    }
  }

  func makeAsyncIterator() -> Iterator { Iterator(images: images.makeIterator()) }
}
