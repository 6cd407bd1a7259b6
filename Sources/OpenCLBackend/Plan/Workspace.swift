/// Places regions in one arena so that those alive at the same time do not overlap.
///
/// Lifetimes are step numbers. Larger regions are placed first, each at the lowest offset that is
/// free during its life: simple, deterministic, and within a few percent of the peak here.
struct Workspace {
  struct Region: Hashable, Sendable {
    let offset: Int
    let byteCount: Int
  }

  private struct Request {
    let byteCount: Int
    let lifetime: ClosedRange<Int>
  }

  /// Regions begin at multiples of this many bytes.
  let alignment: Int
  private var requests: [Request] = []

  init(alignment: Int) { self.alignment = alignment }

  /// Asks for a region.
  /// - Returns: Its index in `place()`'s result.
  mutating func request(byteCount: Int, lifetime: ClosedRange<Int>) -> Int {
    let rounded = (byteCount + alignment - 1) / alignment * alignment
    requests.append(Request(byteCount: rounded, lifetime: lifetime))
    return requests.count - 1
  }

  /// - Returns: The regions in the order asked for, and the arena's size in bytes.
  func place() -> (regions: [Region], byteCount: Int) {
    let order = requests.indices.sorted {
      (requests[$1].byteCount, $0) < (requests[$0].byteCount, $1)
    }
    var regions = [Region?](repeating: nil, count: requests.count)
    var total = 0
    for index in order {
      let request = requests[index]
      let neighbours = requests.indices.compactMap { other -> Region? in
        requests[other].lifetime.overlaps(request.lifetime) ? regions[other] : nil
      }.sorted { $0.offset < $1.offset }
      var offset = 0
      for neighbour in neighbours {
        if neighbour.offset >= offset + request.byteCount { break }
        offset = max(offset, neighbour.offset + neighbour.byteCount)
      }
      regions[index] = Region(offset: offset, byteCount: request.byteCount)
      total = max(total, offset + request.byteCount)
    }
    return (regions.compactMap { $0 }, total)
  }
}
