/// The rectangles of pixels whose moments are gathered together, clipped at the right and bottom.
struct MomentsTiling: Hashable, Sendable {
  /// The tensor's extents as the tiles see them: a tensor may count as one long row.
  let height: Int
  let width: Int
  let rows: Int
  let columns: Int

  /// Runs of consecutive pixels.
  init(pixels: Int, tile: Int) {
    self.init(height: 1, width: pixels, rows: 1, columns: tile)
  }

  init(height: Int, width: Int, rows: Int, columns: Int) {
    self.height = height
    self.width = width
    self.rows = rows
    self.columns = columns
  }

  var across: Int { (width + columns - 1) / columns }
  var tiles: Int { across * ((height + rows - 1) / rows) }

  var extent: SIMD2<Int32> { SIMD2(Int32(height), Int32(width)) }
  var tile: SIMD4<Int32> { SIMD4(Int32(rows), Int32(columns), Int32(across), Int32(tiles)) }
}
