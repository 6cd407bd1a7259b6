// The time and the memory that a group of `conv2d_winograd.cl` takes.
extension VectorTileChooser {
  /// Cycles to normalise and transform a square's patch, and to transform and store its outputs, for
  /// VECTOR channels: by the source some 300 vector instructions each, about as many as register tiles
  /// make in 150 cycles, and memory.
  private var transformCycles: Double { 250 }

  /// Squares of the largest group.
  func squares(_ problem: Problem, rows: Int, columns: Int) -> Int {
    let side = WinogradTransform.outputs
    let (height, width) = (min(rows, problem.outputHeight), min(columns, problem.outputWidth))
    return (height + side - 1) / side * ((width + side - 1) / side)
  }

  func winogradGroupCycles(_ tile: VectorTile, _ problem: Problem, blocks: Int) -> Double {
    let squares = tile.images * squares(problem, rows: tile.rows, columns: tile.columns)
    let depth = WinogradTransform.positions * problem.inputStride
    let micros = tuning.registerTiles(squares).map { Double($0 * depth) }
    // A position's weights stay in the first-level cache for the register tiles after the first.
    let first = firstPass(
      micros[0], weightBytes: depth * tuning.outputBlock * MemoryLayout<Float>.stride)
    let vectors = problem.inputStride / tuning.vector + 2 * blocks
    return groupCycles + Double(squares * vectors) * transformCycles
      + Double(blocks) * micros.dropFirst().reduce(first, +)
  }

  /// Gives a group that has a whole image as many of a batch as make the launch shortest. One image of 7x7 pixels
  /// has 4 squares, fewer than a register tile, for which it reads all weights, 38 MB of them where there are 512
  /// channels.
  func share(_ tile: inout VectorTile, _ problem: Problem, blocks: Int, batch: Int) {
    guard tile.rows >= problem.outputHeight, tile.columns >= problem.outputWidth else { return }
    let squares = squares(problem, rows: tile.rows, columns: tile.columns)
    var best = (tile: tile, cost: Double.infinity)
    for images in 1...max(1, batch) {
      var shared = tile
      shared.images = images
      shared.patchBytes = winogradBytes(problem, squares: images * squares)
      guard shared.patchBytes <= localMemory else { break }
      let parts = (batch + images - 1) / images
      let cost = sharedCycles(shared, problem, blocks: blocks, parts: parts)
      if cost < best.cost { best = (shared, cost) }
    }
    tile = best.tile
  }

  /// The kernel's `scratch`.
  func winogradBytes(_ problem: Problem, squares: Int) -> Int {
    let block = VectorConvolutionTuning.channelBlock
    // Positions lie an odd number of channel blocks apart.
    let position = squares * (problem.inputStride + tuning.outputBlock) + block
    return (WinogradTransform.positions * position + tuning.microPixels * block)
      * MemoryLayout<Float>.stride
  }
}
