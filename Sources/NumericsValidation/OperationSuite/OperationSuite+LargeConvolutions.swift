import BiTModel

extension OperationSuite {
  /// 3x3 convolutions large enough for the fast form that vector kernels have for them, and not of the
  /// image: odd and even extents, every padding, channels that don't fill a block, with and without what
  /// fused plans do on the way in and out, and batches of images so small that some are computed together.
  package static let largeConvolutionCases: [OperationCase] = {
    let cases: [(Int, Int, Int, Int, Int, SpatialPadding, isNormed: Bool)] = [
      (64, 64, 1, 16, 16, .symmetric(1), true), (65, 72, 1, 17, 19, .symmetric(0), true),
      (48, 33, 7, 13, 16, .same, false), (64, 80, 1, 23, 9, .symmetric(4), false),
      (100, 31, 2, 8, 27, .symmetric(2), true), (96, 96, 5, 7, 7, .same, true),
      (64, 128, 3, 10, 6, .symmetric(1), false), (72, 72, 2, 17, 15, .same, true),
    ]
    return cases.map { inputs, outputs, batch, height, width, padding, isNormed in
      let name =
        "large convolution 3x3, \(isNormed ? "normed, " : "")\(inputs) to \(outputs) channels,"
        + " \(batch) of \(height)x\(width), \(padding)"
      return OperationCase(name, input: shape(height, width, 8, batch: batch)) { network in
        let base = network.append(
          "base", .convolution(convolution(8, inputs, kernel: 1, path: "base")), 0)
        var node = base
        if isNormed {
          node = network.append(
            "norm1", .groupNorm(norm(inputs, groups: 1, path: "norm1", activation: .relu)), node)
        }
        node = network.append(
          "large",
          .convolution(convolution(inputs, outputs, kernel: 3, padding: padding, path: "large")),
          node)
        let keepsExtent = padding == .same || padding == .symmetric(1)
        if inputs == outputs, keepsExtent { node = network.append("sum", .add(nil), node, base) }
        node = network.append(
          "norm2", .groupNorm(norm(outputs, groups: 1, path: "norm2", activation: .relu)), node)
        network.append(
          "last", .convolution(convolution(outputs, 8, kernel: 1, path: "last")), node)
        return Array(network.nodes.indices.dropFirst())
      }
    }
  }()
}
