/// A piece of the workspace that one step writes and later ones read.
struct WorkspaceBlock: Hashable, Sendable {
  let index: Int
}

/// Where each block lies: blocks that no step needs at the same time share memory.
struct WorkspaceLayout: Sendable {
  /// The first byte of each block, by its index.
  let offsets: [Int]
  let byteCount: Int

  /// What a plan needs a block for.
  struct Request: Sendable {
    let byteCount: Int
    /// The step that writes it.
    let firstStep: Int
    /// The last one that reads it.
    var lastStep: Int
  }

  /// Gives each block the lowest place that is free while it lives, large blocks first.
  init(_ requests: [Request]) {
    let alignment = 64
    var offsets = [Int](repeating: 0, count: requests.count)
    var end = 0
    var placed: [Int] = []  // in the order of their offsets
    let order = requests.indices.sorted {
      (requests[$1].byteCount, $0) < (requests[$0].byteCount, $1)
    }
    for index in order {
      let request = requests[index]
      var offset = 0
      for other in placed
      where requests[other].firstStep <= request.lastStep
        && requests[other].lastStep >= request.firstStep
      {
        guard offset + request.byteCount > offsets[other] else { break }
        offset = max(offset, offsets[other] + requests[other].byteCount)
        offset = (offset + alignment - 1) / alignment * alignment
      }
      offsets[index] = offset
      placed.insert(index, at: placed.firstIndex { offsets[$0] > offset } ?? placed.endIndex)
      end = max(end, offset + request.byteCount)
    }
    self.offsets = offsets
    byteCount = end
  }
}
