import CResampling
import TestSupport
import Testing

/// The instruction sets that the passes are compiled for.
@Suite("Resampling passes")
struct ResamplingBuildTests {
  @Test(
    "every build gives the bytes of the sums as they are written down",
    arguments: [1, 2, 3, 4, 5, 8, 13], [1, 2, 7, 16, 33])
  func rows(_ height: Int, _ newWidth: Int) {
    var random = SplitMix64(seed: UInt64(height * 100 + newWidth))
    for taps in [1, 2, 5] {
      let width = newWidth + taps + 3
      let old = (0..<width * height * 3).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let starts = (0..<newWidth).map { Int32($0 + ($0 > newWidth / 2 ? 3 : 0)) }
      let weights = Self.weights(newWidth * taps, &random)
      let expected = (0..<height * newWidth * 3).map { index in
        let (row, column, channel) = (index / 3 / newWidth, index / 3 % newWidth, index % 3)
        return Self.sample(
          (0..<taps).map { tap in
            let pixel = row * width + Int(starts[column]) + tap
            return (old[pixel * 3 + channel], weights[column * taps + tap])
          })
      }
      for pass in [resample_rows, resample_rows_baseline] {
        var new = [UInt8](repeating: 0, count: expected.count)
        old.withUnsafeBufferPointer { old in
          starts.withUnsafeBufferPointer { starts in
            weights.withUnsafeBufferPointer { weights in
              var axis = resampling_axis(
                starts: starts.baseAddress, weights: weights.baseAddress, count: newWidth,
                taps: taps)
              pass(
                old.baseAddress, old.baseAddress.map { $0 + old.count }, width * 3, &new,
                newWidth * 3, height, &axis)
            }
          }
        }
        #expect(new == expected)
      }
    }
  }

  @Test("rows are mixed alike by every build", arguments: [1, 7, 8, 15, 16, 17, 48, 67])
  func columns(_ samples: Int) {
    var random = SplitMix64(seed: UInt64(samples))
    for taps in [1, 3, 6] {
      let old = (0..<samples * taps).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let weights = Self.weights(taps, &random)
      let expected = (0..<samples).map { column in
        Self.sample((0..<taps).map { (old[$0 * samples + column], weights[$0]) })
      }
      for pass in [mix_rows, mix_rows_baseline] {
        var new = [UInt8](repeating: 0, count: samples)
        pass(old, samples, &new, samples, weights, taps)
        #expect(new == expected)
      }
    }
  }

  /// Negative ones among them, and sums on both sides of what a sample holds.
  private static func weights(_ count: Int, _ random: inout SplitMix64) -> [Int32] {
    (0..<count).map { _ in Int32(truncatingIfNeeded: random.next() >> 43) - 700_000 }
  }

  private static func sample(_ terms: [(UInt8, Int32)]) -> UInt8 {
    let sum = terms.reduce(1 << 21) { $0 + Int($1.0) * Int($1.1) }
    return UInt8(max(0, min(255, sum >> 22)))
  }
}
