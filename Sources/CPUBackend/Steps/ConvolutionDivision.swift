/// How a convolution's outputs are divided into work items, and its depth into runs that the
/// first-level cache holds. Outputs do not depend on the former; the latter depends on the
/// convolution alone.
struct ConvolutionDivision: Sendable {
  /// How the kernel gets at the input.
  enum InputForm: Sendable {
    /// In place.
    case direct
    /// A 1x1 convolution's pixels, copied next to each other.
    case gathered
    /// The rows under a block of outputs, copied with their padding.
    case window
  }

  /// Part of the sum over a window: segments of equal length.
  struct DepthRun: Sendable {
    /// Starts of the segments in the input, in floats from the window's start.
    let segmentOffsets: [Int]
    let segmentLength: Int
    /// Where the run's weights begin in the packed depth.
    let firstRow: Int
  }

  let form: InputForm
  /// Output rows and columns of a block; the last ones may be smaller.
  let blockRows: Int
  let blockColumns: Int
  /// Blocks along an image's height and width.
  let rowBlocks: Int
  let columnBlocks: Int
  /// Panels of output channels of an item, and the number of such ranges.
  let panelsPerRange: Int
  let panelRanges: Int
  /// Pixels of a row of the copied input.
  let tileWidth: Int
  /// Where each output pixel of a block finds its window, in floats.
  let pixelOffsets: [Int]
  let depthRuns: [DepthRun]
  /// Floats that a worker needs for the copied input.
  let scratchCount: Int

  func items(batch: Int) -> Int { batch * rowBlocks * columnBlocks * panelRanges }

  /// A block's input, which each panel reads again, stays within part of a second-level cache:
  /// 192 KiB.
  private static let footprintTarget = 48 << 10
  /// A run's weights stay in half of a first-level cache (16 KiB with panels of 16 channels).
  private static let runDepth = 256
  /// Below this the weights are read too often.
  private static let smallestBlock = 96
  /// Items for each thread, so that a late one holds up the others less.
  private static let itemsPerThread = 4

  init(
    _ geometry: ConvolutionGeometry, form: InputForm, panels: Int, tilePixels: Int, threads: Int
  ) {
    self.form = form
    let wantedItems = Self.itemsPerThread * threads
    let (rows, columns) = Self.blockExtents(
      geometry, form: form, tilePixels: tilePixels, wantedItems: wantedItems)
    blockRows = rows
    blockColumns = columns
    rowBlocks = (geometry.outputHeight + rows - 1) / rows
    columnBlocks = (geometry.outputWidth + columns - 1) / columns

    // Every range of panels copies the input again; a wide window takes longer to sum than to copy.
    let fewestPanels = form == .window ? 2 : 4
    let blocks = geometry.batch * rowBlocks * columnBlocks
    let ranges = max(1, min((wantedItems + blocks - 1) / blocks, panels / fewestPanels))
    panelsPerRange = (panels + ranges - 1) / ranges
    panelRanges = (panels + panelsPerRange - 1) / panelsPerRange

    let copy = Self.copyExtents(geometry, form: form, rows: rows, columns: columns)
    scratchCount = form == .direct ? 0 : copy.rows * copy.columns * geometry.inputChannels
    tileWidth = copy.columns
    let step = (form == .window ? geometry.stride : 1) * geometry.inputChannels
    pixelOffsets = (0..<(rows * columns)).map {
      ($0 / columns * copy.columns + $0 % columns) * step
    }
    depthRuns = Self.depthRuns(geometry, tileWidth: copy.columns)
  }

  /// The extents of the input under a block of outputs.
  private static func copyExtents(
    _ geometry: ConvolutionGeometry, form: InputForm, rows: Int, columns: Int
  ) -> (rows: Int, columns: Int) {
    guard form == .window else { return (rows, columns) }
    let reach = (geometry.kernel - 1) * geometry.dilation + 1
    return (
      (rows - 1) * geometry.stride + reach, (columns - 1) * geometry.stride + reach
    )
  }

  /// Whole rows, or part of the only row.
  private static func blockExtents(
    _ geometry: ConvolutionGeometry, form: InputForm, tilePixels: Int, wantedItems: Int
  ) -> (rows: Int, columns: Int) {
    let pixels = geometry.batch * geometry.outputHeight * geometry.outputWidth
    let target = max(smallestBlock, (pixels + wantedItems - 1) / wantedItems)
    func fits(rows: Int, columns: Int) -> Bool {
      let copy = copyExtents(geometry, form: form, rows: rows, columns: columns)
      return copy.rows * copy.columns * geometry.inputChannels <= footprintTarget
    }
    guard geometry.outputHeight == 1, form != .window else {
      let rows = evenExtent(
        of: geometry.outputHeight, target: max(target / geometry.outputWidth, 1), multiple: 1
      ) { fits(rows: $0, columns: geometry.outputWidth) }
      return (rows, geometry.outputWidth)
    }
    let columns = evenExtent(
      of: geometry.outputWidth, target: target, multiple: tilePixels
    ) { fits(rows: 1, columns: $0) }
    return (1, columns)
  }

  /// Divides an axis into equal parts of about `target`, less where that does not fit.
  /// - Returns: The extent of a part, a multiple of `multiple` if there are several.
  private static func evenExtent(
    of total: Int, target: Int, multiple: Int, fits: (Int) -> Bool
  ) -> Int {
    var extent = min(total, target)
    while extent > multiple, !fits(extent) { extent = max(multiple, extent * 3 / 4) }
    let parts = (total + extent - 1) / extent
    let even = (total + parts - 1) / parts
    return min(total, (even + multiple - 1) / multiple * multiple)
  }

  private static func depthRuns(_ geometry: ConvolutionGeometry, tileWidth: Int) -> [DepthRun] {
    let channels = geometry.inputChannels
    // Without dilation a kernel row's taps are neighbours.
    let (length, columns) =
      geometry.dilation == 1
      ? (geometry.kernel * channels, [0]) : (channels, Array(0..<geometry.kernel))
    let starts = (0..<geometry.kernel).flatMap { row in
      columns.map { (row * tileWidth + $0) * geometry.dilation * channels }
    }
    if length > runDepth {
      let parts = (length + runDepth - 1) / runDepth
      return starts.enumerated().flatMap { index, start in
        (0..<parts).map { part in
          let (low, high) = (part * length / parts, (part + 1) * length / parts)
          return DepthRun(
            segmentOffsets: [start + low], segmentLength: high - low,
            firstRow: index * length + low)
        }
      }
    }
    let together = runDepth / length
    return stride(from: 0, to: starts.count, by: together).map { first in
      DepthRun(
        segmentOffsets: Array(starts[first..<min(first + together, starts.count)]),
        segmentLength: length, firstRow: first * length)
    }
  }
}
