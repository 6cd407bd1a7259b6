import BigTransfer
import Synchronization

/// One image again and again; counts how often it was taken.
final class EndlessImages: Sequence, Sendable {
  private let image: ImageSource
  private let taken = Mutex(0)

  init(image: ImageSource) { self.image = image }

  var count: Int { taken.withLock { $0 } }

  func makeIterator() -> AnyIterator<ImageSource> {
    AnyIterator {
      self.taken.withLock { $0 += 1 }
      return self.image
    }
  }
}
