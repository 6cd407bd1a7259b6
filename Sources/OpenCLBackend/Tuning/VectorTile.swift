import BiTModel

/// How `conv2d_vector.cl`, `conv2d_pointwise.cl` and `conv2d_winograd.cl` cut one convolution into groups.
///
/// The rectangle of pixels decides how statistics are partitioned, and with that the last bits of
/// the result. It therefore depends on the image's size and the device alone, never on the batch;
/// only `images` and `blocksPerGroup`, which change no arithmetic, look at the batch.
struct VectorTile: Hashable, Sendable {
  /// Output pixels of a group.
  var rows: Int
  var columns: Int
  /// Images of a group: more than one share the weights that stream in.
  var images = 1
  /// Output-channel blocks of a group.
  var blocksPerGroup: Int
  /// Bytes of local memory: the normalised input patch, or what is made of it.
  var patchBytes: Int
}

/// Chooses tiles by a small model of the time that a launch takes, in register-tile cycles.
struct VectorTileChooser: Hashable, Sendable {
  let tuning: VectorConvolutionTuning
  var computeUnits: Int
  let localMemory: Int
  var method = ConvolutionMethod.direct
  /// Whether weights are in the shared cache, as for all images of a batch but the first.
  var weightsArrived = false

  /// The geometry of one convolution as the kernel sees it.
  struct Problem: Hashable, Sendable {
    let outputHeight: Int
    let outputWidth: Int
    let inputStride: Int
    let outputStride: Int
    let kernel: Int
    let stride: Int
    let dilation: Int
    /// The image: its patch is copied float by float.
    let isDense: Bool
    /// 1x1 and without padding: the output's pixels count as one row.
    var isPointwise = false

    func blocks(of size: Int) -> Int { (outputStride + size - 1) / size }
  }

  /// Cycles to fetch, normalise and store one vector of the patch.
  private let patchVectorCycles = 4.0
  /// Bytes of weights that arrive in a cycle the first time, from memory or the shared cache while
  /// all cores ask for theirs. Winograd's 38 MB of a 7x7 layer take two cores of a Zen 4, which make one multiply-add
  /// a cycle, as long as the direct form, 1.1 ms: 34 GB/s. With 4, R101x3's layers of 768 channels stay direct: at
  /// 224 it takes 670 ms on two cores instead of 512.
  private let weightBytesPerCycle = 9.0
  /// And from then on, where a core's own cache does not hold them. With 8, R101x3 takes 503 ms instead of 494.
  private let repeatedWeightBytesPerCycle = 12.0
  /// What a core's own cache holds of weights between register tiles.
  private let weightCacheBytes = 192 << 10
  /// Beyond this the patch itself falls out of the core's own cache.
  private let preferredPatchBytes = 224 << 10
  /// Cycles to start a group.
  let groupCycles = 4000.0

  /// - Returns: `nil` if not even one pixel's patch fits the device's local memory.
  func tile(for problem: Problem, batch: Int) -> VectorTile? {
    let blocks = problem.blocks(of: tuning.outputBlock)
    guard var best = bestRectangle(problem)?.tile else { return nil }
    if method == .winograd { share(&best, problem, blocks: blocks, batch: batch) }
    best.blocksPerGroup = bestSplit(best, problem, blocks: blocks, batch: batch).blocks
    return best
  }

  /// The rectangle that makes the launch for one image shortest, and its cycles.
  func bestRectangle(_ problem: Problem) -> VectorRectangle? {
    VectorRectangle.remembered(of: self, problem) { search(problem) }
  }

  private func search(_ problem: Problem) -> VectorRectangle? {
    let blocks = problem.blocks(of: tuning.outputBlock)
    var best: VectorRectangle?
    for columns in columnChoices(problem) {
      for rows in rowChoices(problem, columns: columns) {
        var tile = VectorTile(rows: rows, columns: columns, blocksPerGroup: blocks, patchBytes: 0)
        tile.patchBytes =
          method == .winograd
          ? winogradBytes(problem, tile) : patchBytes(problem, rows: rows, columns: columns)
        guard tile.patchBytes <= localMemory else { continue }
        let cost = sharedCycles(tile, problem, blocks: blocks)
        if cost < best?.cost ?? .infinity { best = VectorRectangle(tile: tile, cost: cost) }
      }
    }
    return best
  }

  /// The number of blocks a group that makes the launch shortest.
  private func bestSplit(
    _ tile: VectorTile, _ problem: Problem, blocks: Int, batch: Int
  ) -> (blocks: Int, cost: Double) {
    var best = (blocks: blocks, cost: Double.infinity)
    var splits = 1
    while splits <= blocks {
      let perGroup = (blocks + splits - 1) / splits
      let cost = launchCycles(
        tile, problem, blocks: blocks, blocksPerGroup: perGroup, batch: batch)
      if cost < best.cost { best = (perGroup, cost) }
      splits = max(splits + 1, splits * 5 / 4)
    }
    return best
  }

  private func launchCycles(
    _ tile: VectorTile, _ problem: Problem, blocks: Int, blocksPerGroup: Int, batch: Int
  ) -> Double {
    let splits = (blocks + blocksPerGroup - 1) / blocksPerGroup
    let groups = tiles(tile, problem) * splits * ((batch + tile.images - 1) / tile.images)
    let group = cycles(tile, problem, blocks: blocksPerGroup)
    // A thread that is done takes the next group, and in the end waits for half a group on average:
    // threads are never equally fast. R50x1 at 224, one image on four cores that others use as well,
    // took 0.90 of what it takes with each layer cut into four equal parts.
    let units = Double(computeUnits)
    return group * max(1, (Double(groups) + (units - 1) / 2) / units)
  }

  /// Where groups take a tile's channel blocks one by one, for `parts` of `tile.images`: all have the same share, but
  /// for the patches that they normalise anew to help, and half a block that they wait for at the end.
  func sharedCycles(_ tile: VectorTile, _ problem: Problem, blocks: Int, parts: Int = 1) -> Double {
    let patch = cycles(tile, problem, blocks: 0)
    let block = cycles(tile, problem, blocks: 1) - patch
    // The tiles at the right and at the bottom are smaller.
    func extents(_ size: Int, _ step: Int) -> [(size: Int, count: Int)] {
      [(step, size / step), (size % step, size % step > 0 ? 1 : 0)].filter { $0.1 > 0 }
    }
    var all = 0.0
    for (rows, down) in extents(problem.outputHeight, tile.rows) {
      for (columns, across) in extents(problem.outputWidth, tile.columns) {
        var part = tile
        (part.rows, part.columns) = (rows, columns)
        all += Double(parts * down * across) * cycles(part, problem, blocks: blocks)
      }
    }
    let units = Double(computeUnits)
    return max(patch + block, (all + (units - 1) * (patch + block / 2)) / units)
  }

  private func tiles(_ tile: VectorTile, _ problem: Problem) -> Int {
    let across = (problem.outputWidth + tile.columns - 1) / tile.columns
    return across * ((problem.outputHeight + tile.rows - 1) / tile.rows)
  }

  private func cycles(_ tile: VectorTile, _ problem: Problem, blocks: Int) -> Double {
    method == .winograd
      ? winogradGroupCycles(tile, problem, blocks: blocks)
      : directGroupCycles(tile, problem, blocks: blocks)
  }

  private func directGroupCycles(_ tile: VectorTile, _ problem: Problem, blocks: Int) -> Double {
    let depth = problem.inputStride * problem.kernel * problem.kernel
    let pixels = min(tile.rows, problem.outputHeight) * min(tile.columns, problem.outputWidth)
    // Two vectors a pixel, two multiply-adds a cycle; weights stream in beside the arithmetic.
    let micros = tuning.registerTiles(pixels).map { Double($0 * depth) }
    let perCopy = problem.isDense ? 2 : tuning.vector
    let patchBytes = tile.patchBytes - bytesBeyond
    let patch = Double(patchBytes / 4 / perCopy) * patchVectorCycles
    let blockBytes = depth * tuning.outputBlock * 4
    let first = firstPass(micros[0], weightBytes: blockBytes)
    let repeated =
      blockBytes > weightCacheBytes ? Double(blockBytes) / repeatedWeightBytesPerCycle : 0
    let next = micros.dropFirst().reduce(0) { $0 + max($1, repeated) }
    let sweep = Double(blocks) * (first + next)
    let spill = patchBytes > preferredPatchBytes ? sweep / 4 : 0
    return groupCycles + patch + sweep + spill
  }

  /// A register tile's cycles when its weights come for the first time.
  func firstPass(_ micro: Double, weightBytes: Int) -> Double {
    weightsArrived ? micro : max(micro, Double(weightBytes) / weightBytesPerCycle)
  }

  private func columnChoices(_ problem: Problem) -> [Int] {
    var choices: [Int] = []
    var parts = 1
    while parts <= problem.outputWidth {
      let columns = ((problem.outputWidth + parts - 1) / parts).roundedUp(to: method.side)
      if !choices.contains(columns) { choices.append(columns) }
      // Of whole register tiles: 49 pixels are four of them as 25 and 24, three and a half as 28 and 21.
      let full = columns.roundedUp(to: tuning.microPixels)
      if method != .winograd, full < problem.outputWidth, !choices.contains(full) {
        choices.append(full)
      }
      parts = max(parts + 1, parts * 5 / 4)
    }
    return choices
  }

  private func rowChoices(_ problem: Problem, columns: Int) -> [Int] {
    let most = max(1, min(problem.outputHeight, 512 / columns)).roundedUp(to: method.side)
    return Array(stride(from: method.side, through: most, by: method.side))
  }

  private func patchBytes(_ problem: Problem, rows: Int, columns: Int) -> Int {
    let step = problem.kernel == 1 ? 1 : problem.stride
    let reach = (problem.kernel - 1) * problem.dilation + 1
    let patchRows = (rows - 1) * step + reach
    let patchColumns = (columns - 1) * step + reach
    return patchRows * patchColumns * problem.inputStride * MemoryLayout<Float>.stride + bytesBeyond
  }

  /// What a last register tile of a run of pixels reads behind the patch, for nothing.
  private var bytesBeyond: Int {
    method == .pointwise
      ? (tuning.microPixels - 1) * VectorConvolutionTuning.channelBlock * MemoryLayout<Float>.stride
      : 0
  }
}
