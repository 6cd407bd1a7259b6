import BiTModel

extension OperationSuite {
  /// 1x1 convolutions that are not of the image: pixels around the tiles that kernels cut them into, channels
  /// that fill one block or many, with what fused plans do on the way in and out, one after another and of every
  /// second or third pixel.
  static let pointwiseConvolutionCases: [OperationCase] = {
    let cases: [(Int, Int, height: Int, width: Int, batch: Int, stride: Int)] = [
      (16, 16, 1, 1, 2, 2), (17, 40, 2, 4, 1, 2), (33, 33, 3, 3, 3, 3), (64, 65, 1, 15, 1, 2),
      (80, 48, 4, 4, 2, 3), (16, 130, 1, 17, 5, 2), (300, 31, 5, 6, 1, 2), (65, 64, 7, 9, 2, 2),
      (48, 96, 8, 8, 1, 3), (31, 300, 5, 13, 2, 2), (64, 16, 9, 14, 1, 2), (128, 128, 3, 43, 1, 2),
    ]
    return cases.map { inputs, outputs, height, width, batch, stride in
      let name =
        "pointwise convolutions, \(inputs) to \(outputs) channels, \(batch) of \(height)x\(width)"
      return OperationCase(name, input: shape(height, width, inputs, batch: batch)) { network in
        func norm(_ channels: Int, _ path: String, _ node: Network.NodeID) -> Network.NodeID {
          network.append(
            path,
            .groupNorm(Self.norm(channels, groups: 1, path: path, activation: .relu)), node)
        }
        func pointwise(
          _ inputs: Int, _ outputs: Int, _ path: String, _ node: Network.NodeID, stride: Int = 1
        ) -> Network.NodeID {
          network.append(
            path,
            .convolution(convolution(inputs, outputs, kernel: 1, stride: stride, path: path)), node)
        }
        let sum = network.append("sum", .add(nil), 0, 0)
        let first = pointwise(inputs, outputs, "first", norm(inputs, "norm1", sum))
        let second = pointwise(outputs, inputs, "second", norm(outputs, "norm2", first))
        let total = network.append("total", .add(nil), second, sum)
        let last = norm(inputs, "norm3", total)
        return [
          first, second, total, pointwise(inputs, outputs, "plain", total, stride: stride), last,
          pointwise(inputs, outputs, "strided", last, stride: stride),
        ]
      }
    }
  }()
}
