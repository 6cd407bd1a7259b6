/// Resizing with Pillow's filters, to the same bytes as Pillow 13's `Image.resize`.
///
/// Resampling runs in two passes, each of which rounds to 8 bits. Only the part of the result
/// that is asked for is computed: a crop costs what it shows.
struct Resizer {
  let filter: Resampling
  let oldSize: ImageSize
  /// The size of the whole resized picture.
  let newSize: ImageSize
  /// The columns and rows of it that are wanted.
  let columns: Range<Int>
  let rows: Range<Int>
  let concurrency: ImageConcurrency

  /// - Precondition: the ranges lie within the new size and are not empty.
  init(
    _ filter: Resampling, from oldSize: ImageSize, to newSize: ImageSize,
    columns: Range<Int>? = nil, rows: Range<Int>? = nil, concurrency: ImageConcurrency = .allCores
  ) {
    self.filter = filter
    self.oldSize = oldSize
    self.newSize = newSize
    self.columns = columns ?? 0..<newSize.width
    self.rows = rows ?? 0..<newSize.height
    self.concurrency = concurrency
  }

  /// Pillow 13 changes the height first when that removes more than twice as many lines as the
  /// other pass; found by comparing 911 shapes for which the order shows. Older releases always
  /// began with the width.
  private var changesHeightFirst: Bool {
    newSize.height < oldSize.height
      && oldSize.height - newSize.height > 2 * (oldSize.width - newSize.width)
  }

  /// The pixels that stand between the passes at most, so that callers can refuse beforehand.
  var intermediatePixels: Int {
    changesHeightFirst ? oldSize.width * rows.count : oldSize.height * columns.count
  }

  /// - Precondition: `image` has the old size.
  func resize(_ image: RGBImage) -> RGBImage {
    if oldSize == newSize { return image.part(columns: columns, rows: rows) }
    if filter == .nearest { return pickNearest(image) }
    let horizontal = weights(from: oldSize.width, to: newSize.width, window: columns)
    let vertical = weights(from: oldSize.height, to: newSize.height, window: rows)
    switch (horizontal, vertical) {
    case (let horizontal?, let vertical?) where changesHeightFirst:
      let needed = horizontal.sources
      let low = alongColumns(image, vertical, columns: needed)
      let shifted = horizontal.shifted(by: -needed.lowerBound)
      return alongRows(low, shifted, rows: 0..<low.height)
    case (let horizontal?, let vertical?):
      let needed = vertical.sources
      let narrow = alongRows(image, horizontal, rows: needed)
      let shifted = vertical.shifted(by: -needed.lowerBound)
      return alongColumns(narrow, shifted, columns: 0..<narrow.width)
    case (let horizontal?, nil): return alongRows(image, horizontal, rows: rows)
    case (nil, let vertical?): return alongColumns(image, vertical, columns: columns)
    case (nil, nil): return image.part(columns: columns, rows: rows)
    }
  }

  /// Nil for a pass that would change nothing.
  private func weights(
    from oldCount: Int, to newCount: Int, window: Range<Int>
  ) -> ResamplingWeights? {
    oldCount == newCount
      ? nil : ResamplingWeights(filter, from: oldCount, to: newCount, window: window)
  }

  /// For each wanted pixel, the old one in which its centre lies. The centres are found by adding
  /// up, which rounds differently from multiplying.
  private func pickNearest(_ image: RGBImage) -> RGBImage {
    let sourceColumns = Resizer.nearest(from: oldSize.width, to: newSize.width, window: columns)
    let sourceRows = Resizer.nearest(from: oldSize.height, to: newSize.height, window: rows)
    var pixels: [UInt8] = []
    pixels.reserveCapacity(sourceRows.count * sourceColumns.count * RGBImage.channels)
    for row in sourceRows {
      for column in sourceColumns {
        let offset = (row * image.width + column) * RGBImage.channels
        pixels.append(image.pixels[offset])
        pixels.append(image.pixels[offset + 1])
        pixels.append(image.pixels[offset + 2])
      }
    }
    return RGBImage(uncheckedWidth: columns.count, height: rows.count, pixels: pixels)
  }

  private static func nearest(
    from oldCount: Int, to newCount: Int, window: Range<Int>
  ) -> [Int] {
    let scale = Double(oldCount) / Double(newCount)
    var center = scale / 2
    var sources: [Int] = []
    for index in 0..<window.upperBound {
      if index >= window.lowerBound { sources.append(min(Int(center), oldCount - 1)) }
      center += scale
    }
    return sources
  }
}
