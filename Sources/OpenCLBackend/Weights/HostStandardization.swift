import BiTModel
import Dispatch

/// Weight standardisation on the host, in Double: what the device's kernel is held against, and
/// what takes its place where it falls short.
enum HostStandardization {
  /// - Parameter kernel: [output channels][input channels][taps].
  /// - Returns: (w − mean) / √(variance + ε) of each output channel, packed; each element is rounded once.
  static func packed(
    _ kernel: [Float], of convolution: Convolution, _ packing: WeightPacking
  ) -> [Float] {
    let taps = convolution.kernel * convolution.kernel
    let count = convolution.inputChannels * taps
    var result = [Float](repeating: 0, count: packing.elementCount(taps: taps))
    result.withUnsafeMutableBufferPointer { result in
      // Each iteration writes its own output channel's elements.
      nonisolated(unsafe) let result = result
      DispatchQueue.concurrentPerform(iterations: convolution.outputChannels) { output in
        let weights = kernel[(output * count)..<((output + 1) * count)]
        let (mean, inverse) = moments(weights, epsilon: convolution.standardizationEpsilon)
        var index = weights.startIndex
        for channel in 0..<convolution.inputChannels {
          var offset = packing.offset(output: output, channel: channel, taps: taps)
          let first = index
          let tap = { (Double(weights[first + $0]) - mean) * inverse }
          let values =
            packing.isTransformed ? WinogradTransform.transformed(tap) : (0..<taps).map(tap)
          for value in values {
            result[offset] = Float(value)
            offset += packing.tapStride
          }
          index += taps
        }
      }
    }
    return result
  }

  private static func moments(
    _ weights: ArraySlice<Float>, epsilon: Double
  ) -> (mean: Double, inverse: Double) {
    var sum = 0.0
    for weight in weights { sum += Double(weight) }
    let mean = sum / Double(weights.count)
    var squares = 0.0
    for weight in weights { squares += (Double(weight) - mean) * (Double(weight) - mean) }
    return (mean, 1 / (squares / Double(weights.count) + epsilon).squareRoot())
  }
}
