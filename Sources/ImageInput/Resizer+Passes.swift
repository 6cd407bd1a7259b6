extension Resizer {
  /// Half a unit in the last place of the fixed-point sums, so that shifting rounds.
  private static let half = Int32(1) << (ResamplingWeights.fractionBits - 1)

  private static func sample(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: max(0, min(255, sum >> ResamplingWeights.fractionBits)))
  }

  /// The horizontal pass: of the given rows, each new pixel from neighbours in its row.
  func alongRows(_ image: RGBImage, _ weights: ResamplingWeights, rows: Range<Int>) -> RGBImage {
    let newRowBytes = weights.count * RGBImage.channels
    let oldRowBytes = image.width * RGBImage.channels
    let work = rows.count * weights.count * weights.stride
    let byteCount = rows.count * newRowBytes
    let pixels = [UInt8](unsafeUninitializedCapacity: byteCount) { new, count in
      count = byteCount
      image.pixels.withUnsafeBufferPointer { old in
        guard let newStart = new.baseAddress, let oldStart = old.baseAddress else { return }
        // Bands read shared rows and write rows of their own.
        nonisolated(unsafe) let (old, new) = (oldStart, newStart)
        concurrency.forEachBand(of: rows.count, work: work) { band in
          for row in band {
            Resizer.resampleRow(
              old + (rows.lowerBound + row) * oldRowBytes, into: new + row * newRowBytes, weights)
          }
        }
      }
    }
    return RGBImage(uncheckedWidth: weights.count, height: rows.count, pixels: pixels)
  }

  private static func resampleRow(
    _ old: UnsafePointer<UInt8>, into new: UnsafeMutablePointer<UInt8>,
    _ weights: ResamplingWeights
  ) {
    weights.weights.withUnsafeBufferPointer { factors in
      var new = new
      for index in 0..<weights.count {
        var pixel = old + weights.starts[index] * RGBImage.channels
        let first = index * weights.stride
        var red = half
        var green = half
        var blue = half
        for tap in first..<first + weights.counts[index] {
          let factor = factors[tap]
          red &+= Int32(pixel[0]) &* factor
          green &+= Int32(pixel[1]) &* factor
          blue &+= Int32(pixel[2]) &* factor
          pixel += RGBImage.channels
        }
        new[0] = sample(red)
        new[1] = sample(green)
        new[2] = sample(blue)
        new += RGBImage.channels
      }
    }
  }

  /// The vertical pass: of the given columns, each new row from neighbouring rows.
  func alongColumns(
    _ image: RGBImage, _ weights: ResamplingWeights, columns: Range<Int>
  ) -> RGBImage {
    let newRowBytes = columns.count * RGBImage.channels
    let oldRowBytes = image.width * RGBImage.channels
    let work = columns.count * weights.count * weights.stride
    let byteCount = weights.count * newRowBytes
    let pixels = [UInt8](unsafeUninitializedCapacity: byteCount) { new, count in
      count = byteCount
      image.pixels.withUnsafeBufferPointer { old in
        guard let newStart = new.baseAddress, let oldStart = old.baseAddress else { return }
        // Bands read shared rows and write rows of their own.
        nonisolated(unsafe) let (old, new) = (oldStart, newStart)
        concurrency.forEachBand(of: weights.count, work: work) { band in
          for row in band {
            Resizer.mixRows(
              old + columns.lowerBound * RGBImage.channels, rowBytes: oldRowBytes,
              into: new + row * newRowBytes, count: newRowBytes, weights, row)
          }
        }
      }
    }
    return RGBImage(uncheckedWidth: columns.count, height: weights.count, pixels: pixels)
  }

  /// Samples that are summed at a time: their sums stay in the first-level cache.
  private static let strip = 2048

  /// One new row: `count` samples, each the weighted sum of those above each other in old rows.
  private static func mixRows(
    _ old: UnsafePointer<UInt8>, rowBytes: Int, into new: UnsafeMutablePointer<UInt8>, count: Int,
    _ weights: ResamplingWeights, _ row: Int
  ) {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: strip) { buffer in
      guard let sums = buffer.baseAddress else { return }
      for start in stride(from: 0, to: count, by: strip) {
        let length = min(strip, count - start)
        sums.update(repeating: half, count: length)
        for tap in 0..<weights.counts[row] {
          let factor = weights.weights[row * weights.stride + tap]
          let samples = old + (weights.starts[row] + tap) * rowBytes + start
          for i in 0..<length { sums[i] &+= Int32(samples[i]) &* factor }
        }
        for i in 0..<length { new[start + i] = sample(sums[i]) }
      }
    }
  }
}
