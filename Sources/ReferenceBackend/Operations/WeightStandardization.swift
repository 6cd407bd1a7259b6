/// Weight standardisation (arXiv:1903.10520, section 3.1): each output channel's kernel w becomes
/// (w − mean) / √(variance + ε), with the biased variance.
/// - Parameter kernel: [output channels, …]
/// - Returns: As many elements in the same order.
func standardizeWeights(_ kernel: [Double], outputChannels: Int, epsilon: Double) -> [Double] {
  let count = kernel.count / outputChannels
  var result: [Double] = []
  result.reserveCapacity(kernel.count)
  for channel in 0..<outputChannels {
    let weights = kernel[channel * count..<(channel + 1) * count]
    let mean = weights.reduce(0, +) / Double(count)
    let variance = weights.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    let deviation = (variance + epsilon).squareRoot()
    for weight in weights { result.append((weight - mean) / deviation) }
  }
  return result
}
