import BiTModel

/// The order in which the tiles of a plan that is one launch are claimed, and what each step awaits.
struct NetworkSchedule: Sendable {
  /// Tiles of an image.
  let tiles: [Int]
  /// Of how many images a step's tile is.
  let together: [Int]
  /// The steps that must be done with an image before a step begins on it; all that come before them
  /// are done as well.
  let awaited: [[Int]]
  /// Each step's first claim. Claims are in the order of steps, then images or some of them together, then tiles.
  let firstClaims: [Int]
  /// Claims in all.
  let claims: Int

  /// - Parameters:
  ///   - regions: What each step reads and writes.
  ///   - place: Where a region lies.
  /// - Returns: nil if there are more claims than the kernel can count.
  init?(
    tiles: [Int], together: [Int],
    regions: [(read: [PlanBuffers.Role], written: [PlanBuffers.Role])],
    place: (PlanBuffers.Role) -> PlanBuffers.Place?, batch: Int
  ) {
    (self.tiles, self.together) = (tiles, together)
    awaited = Self.dependencies(
      regions.map { ($0.read.compactMap(place), $0.written.compactMap(place)) })
    var firstClaims: [Int] = []
    var claims = 0
    for (count, images) in zip(tiles, together) {
      firstClaims.append(claims)
      claims += count * ((batch + images - 1) / images)
      // Room for the claims beyond the last, one a group.
      guard claims < Int(Int32.max) / 2 else { return nil }
    }
    self.firstClaims = firstClaims
    self.claims = claims
  }

  /// The earlier steps that each step must wait for: those that wrote what it reads or writes, and
  /// those that read what it writes. Left out are those that another one awaits already.
  ///
  /// It goes by the memory that regions take, so that one that takes over the place of another waits
  /// until nobody reads that any more.
  private static func dependencies(
    _ steps: [(read: [PlanBuffers.Place], written: [PlanBuffers.Place])]
  ) -> [[Int]] {
    func touch(_ a: [PlanBuffers.Place], _ b: [PlanBuffers.Place]) -> Bool {
      a.contains { place in b.contains { $0.overlaps(place) } }
    }
    var awaited: [[Int]] = []
    /// Of each step, itself and all that come before it.
    var before: [Set<Int>] = []
    for (index, step) in steps.enumerated() {
      var direct: [Int] = []
      var covered: Set = [index]
      for earlier in (0..<index).reversed() where !covered.contains(earlier) {
        let other = steps[earlier]
        guard
          touch(other.written, step.read) || touch(other.written, step.written)
            || touch(other.read, step.written)
        else { continue }
        direct.append(earlier)
        covered.formUnion(before[earlier])
      }
      awaited.append(direct)
      before.append(covered)
    }
    return awaited
  }
}
