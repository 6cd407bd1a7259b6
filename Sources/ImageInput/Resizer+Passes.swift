import CResampling

extension Resizer {
  /// The horizontal pass: of the given rows, each new pixel from neighbours in its row.
  func alongRows(_ image: RGBImage, _ weights: ResamplingWeights, rows: Range<Int>) -> RGBImage {
    let newRowBytes = weights.count * RGBImage.channels
    let oldRowBytes = image.width * RGBImage.channels
    let work = rows.count * weights.count * weights.taps
    let byteCount = rows.count * newRowBytes
    let pixels = [UInt8](unsafeUninitializedCapacity: byteCount) { new, count in
      count = byteCount
      image.pixels.withUnsafeBufferPointer { old in
        guard let newStart = new.baseAddress, let oldStart = old.baseAddress else { return }
        // Bands read shared rows and write rows of their own.
        nonisolated(unsafe) let (old, new, end) = (oldStart, newStart, oldStart + old.count)
        concurrency.forEachBand(of: rows.count, work: work) { band in
          weights.withAxis { axis in
            resample_rows(
              old + (rows.lowerBound + band.lowerBound) * oldRowBytes, end, oldRowBytes,
              new + band.lowerBound * newRowBytes, newRowBytes, band.count, axis)
          }
        }
      }
    }
    return RGBImage(uncheckedWidth: weights.count, height: rows.count, pixels: pixels)
  }

  /// The vertical pass: of the given columns, each new row from neighbouring rows.
  func alongColumns(
    _ image: RGBImage, _ weights: ResamplingWeights, columns: Range<Int>
  ) -> RGBImage {
    let newRowBytes = columns.count * RGBImage.channels
    let oldRowBytes = image.width * RGBImage.channels
    let work = columns.count * weights.count * weights.taps
    let byteCount = weights.count * newRowBytes
    let pixels = [UInt8](unsafeUninitializedCapacity: byteCount) { new, count in
      count = byteCount
      image.pixels.withUnsafeBufferPointer { old in
        guard let newStart = new.baseAddress, let oldStart = old.baseAddress else { return }
        // Bands read shared rows and write rows of their own.
        nonisolated(unsafe) let (old, new) = (oldStart, newStart)
        concurrency.forEachBand(of: weights.count, work: work) { band in
          weights.withAxis { axis in
            for row in band {
              mix_rows(
                old + Int(axis.pointee.starts[row]) * oldRowBytes
                  + columns.lowerBound * RGBImage.channels, oldRowBytes, new + row * newRowBytes,
                newRowBytes, axis.pointee.weights + row * weights.taps, weights.taps)
            }
          }
        }
      }
    }
    return RGBImage(uncheckedWidth: columns.count, height: weights.count, pixels: pixels)
  }
}
