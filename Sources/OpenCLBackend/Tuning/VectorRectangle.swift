import Synchronization

/// The rectangle of pixels that suits a convolution best.
struct VectorRectangle: Sendable {
  let tile: VectorTile
  /// The cycles of a launch for one image.
  let cost: Double

  private struct Question: Hashable {
    let chooser: VectorTileChooser
    let problem: VectorTileChooser.Problem
  }

  /// A search takes 0.1 to 0.3 ms, and each convolution's tile is asked for whenever memory is
  /// estimated or a plan is made.
  private static let answers = Mutex<[Question: VectorRectangle?]>([:])
  /// Networks have a few dozen different convolutions.
  private static let limit = 4096

  static func remembered(
    of chooser: VectorTileChooser, _ problem: VectorTileChooser.Problem,
    search: () -> VectorRectangle?
  ) -> VectorRectangle? {
    let question = Question(chooser: chooser, problem: problem)
    if let known = answers.withLock({ $0[question] }) { return known }
    let found = search()
    answers.withLock {
      if $0.count >= limit { $0.removeAll() }
      $0[question] = .some(found)
    }
    return found
  }
}
