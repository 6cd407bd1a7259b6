// The time and the memory that a group of `conv2d_winograd.cl` takes.
extension VectorTileChooser {
  /// Cycles to normalise and transform a square's patch, and to transform and store its outputs, for
  /// VECTOR channels: by the source some 300 vector instructions each, about as many as register tiles
  /// make in 150 cycles, and memory.
  private var transformCycles: Double { 250 }

  /// Squares of the largest group: down and across, all and those that are not narrow (`squares_along`).
  private func squares(
    _ problem: Problem, _ tile: VectorTile
  ) -> (all: SIMD2<Int>, wide: SIMD2<Int>) {
    let size = SIMD2(
      min(tile.rows, problem.outputHeight), min(tile.columns, problem.outputWidth))
    let side = WinogradTransform.outputs
    let all = (size &+ (side - 1)) / side
    let wide = size &- all &* (side - 1)
    return (all, wide.replacing(with: 0, where: wide .< 0))
  }

  func winogradGroupCycles(_ tile: VectorTile, _ problem: Problem, blocks: Int) -> Double {
    let (all, wide) = squares(problem, tile)
    let side = WinogradTransform.side
    // How many squares have how many positions: narrow ones lack one along a side.
    let runs = [
      (squares: all.x * all.y, positions: (side - 1) * (side - 1)),
      (wide.x * all.y, side - 1), (all.x * wide.y, side - 1), (wide.x * wide.y, 1),
    ]
    var sweep = 0.0
    for (squares, positions) in runs where squares > 0 {
      let depth = positions * problem.inputStride
      let micros = tuning.registerTiles(tile.images * squares).map { Double($0 * depth) }
      // A position's weights stay in the first-level cache for the register tiles after the first.
      let first = firstPass(
        micros[0], weightBytes: depth * tuning.outputBlock * MemoryLayout<Float>.stride)
      sweep += micros.dropFirst().reduce(first, +)
    }
    let vectors = tile.images * all.x * all.y * (problem.inputStride / tuning.vector + 2 * blocks)
    return groupCycles + Double(vectors) * transformCycles + Double(blocks) * sweep
  }

  /// Gives a group that has a whole image as many of a batch as make the launch shortest. One image of 7x7 pixels
  /// has 4 squares, fewer than a register tile, for which it reads all weights, 38 MB of them where there are 512
  /// channels.
  func share(_ tile: inout VectorTile, _ problem: Problem, blocks: Int, batch: Int) {
    guard tile.rows >= problem.outputHeight, tile.columns >= problem.outputWidth else { return }
    var best = (tile: tile, cost: Double.infinity)
    for images in 1...max(1, batch) {
      var shared = tile
      shared.images = images
      shared.patchBytes = winogradBytes(problem, shared)
      guard shared.patchBytes <= localMemory else { break }
      let parts = (batch + images - 1) / images
      let cost = sharedCycles(shared, problem, blocks: blocks, parts: parts)
      if cost < best.cost { best = (shared, cost) }
    }
    tile = best.tile
  }

  /// The kernel's `scratch`.
  func winogradBytes(_ problem: Problem, _ tile: VectorTile) -> Int {
    let (all, _) = squares(problem, tile)
    let block = VectorConvolutionTuning.channelBlock
    // Positions lie an odd number of channel blocks apart.
    let position =
      tile.images * all.x * all.y * (problem.inputStride + tuning.outputBlock) + block
    return (WinogradTransform.positions * position + tuning.microPixels * block)
      * MemoryLayout<Float>.stride
  }
}
