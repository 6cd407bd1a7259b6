/// The output pixels of one work item: whole rows, or a part of one row.
struct OutputTile {
  let image: Int
  let rows: Range<Int>
  let columns: Range<Int>
  /// The first pixel's position among those of the batch.
  let firstPixel: Int

  var pixelCount: Int { rows.count * columns.count }

  init(_ block: Int, geometry: ConvolutionGeometry, division: ConvolutionDivision) {
    let (rest, columnBlock) = block.quotientAndRemainder(dividingBy: division.columnBlocks)
    let (image, rowBlock) = rest.quotientAndRemainder(dividingBy: division.rowBlocks)
    self.image = image
    let firstRow = rowBlock * division.blockRows
    let firstColumn = columnBlock * division.blockColumns
    rows = firstRow..<min(firstRow + division.blockRows, geometry.outputHeight)
    columns = firstColumn..<min(firstColumn + division.blockColumns, geometry.outputWidth)
    firstPixel = (image * geometry.outputHeight + firstRow) * geometry.outputWidth + firstColumn
  }
}
