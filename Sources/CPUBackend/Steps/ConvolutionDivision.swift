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

  init(_ g: ConvolutionGeometry, form: InputForm, panels: Int, tilePixels: Int, threads: Int) {
    self.form = form
    let reach = (g.kernel - 1) * g.dilation + 1
    func footprint(rows: Int, columns: Int) -> Int {
      switch form {
      case .direct, .gathered: rows * columns * g.inputChannels
      case .window:
        ((rows - 1) * g.stride + reach) * ((columns - 1) * g.stride + reach) * g.inputChannels
      }
    }
    let wanted = Self.itemsPerThread * threads
    let pixels = g.outputHeight * g.outputWidth
    let blockPixels = max(
      Self.smallestBlock, (g.batch * pixels + wanted - 1) / wanted)

    var rows = 1
    var columns = g.outputWidth
    if g.outputHeight == 1, form != .window {
      columns = Self.even(g.outputWidth, max(blockPixels, tilePixels), multiple: tilePixels) {
        footprint(rows: 1, columns: $0) <= Self.footprintTarget
      }
    } else {
      rows = Self.even(g.outputHeight, max(blockPixels / g.outputWidth, 1), multiple: 1) {
        footprint(rows: $0, columns: g.outputWidth) <= Self.footprintTarget
      }
    }
    blockRows = rows
    blockColumns = columns
    rowBlocks = (g.outputHeight + rows - 1) / rows
    columnBlocks = (g.outputWidth + columns - 1) / columns

    // A range of panels repeats the copying; a 3x3 window takes longer to sum than to copy.
    let fewest = form == .window ? 2 : 4
    let blocks = g.batch * rowBlocks * columnBlocks
    let ranges = max(1, min((wanted + blocks - 1) / blocks, panels / fewest))
    panelsPerRange = (panels + ranges - 1) / ranges
    panelRanges = (panels + panelsPerRange - 1) / panelsPerRange

    tileWidth = form == .window ? (columns - 1) * g.stride + reach : columns
    scratchCount = form == .direct ? 0 : footprint(rows: rows, columns: columns)
    let step = form == .window ? g.stride : 1
    let width = tileWidth
    pixelOffsets = (0..<(rows * columns)).map {
      ($0 / columns * width + $0 % columns) * step * g.inputChannels
    }
    depthRuns = Self.depthRuns(g, tileWidth: width)
  }

  /// The largest extent of a block that divides `total` into equal blocks of at most `target` that
  /// `fits`, up to a multiple.
  private static func even(
    _ total: Int, _ target: Int, multiple: Int, fits: (Int) -> Bool
  ) -> Int {
    var extent = min(total, target)
    while extent > multiple, !fits(extent) { extent = max(multiple, extent * 3 / 4) }
    let blocks = (total + extent - 1) / extent
    let evenly = (total + blocks - 1) / blocks
    return min(total, (evenly + multiple - 1) / multiple * multiple)
  }

  private static func depthRuns(_ g: ConvolutionGeometry, tileWidth: Int) -> [DepthRun] {
    let channels = g.inputChannels
    // Without dilation a kernel row's taps are neighbours.
    let (length, columns) =
      g.dilation == 1 ? (g.kernel * channels, [0]) : (channels, Array(0..<g.kernel))
    let starts = (0..<g.kernel).flatMap { row in
      columns.map { (row * tileWidth + $0) * g.dilation * channels }
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
