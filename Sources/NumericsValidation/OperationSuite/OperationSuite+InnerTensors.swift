import BiTModel

extension OperationSuite {
  /// Operations on tensors that are not the image. Backends lay those out in another way: pixels
  /// padded to whole vectors, channels in blocks.
  static let innerTensorCases = [1, 3, 7].flatMap(innerConvolutions) + innerOperations

  /// A sum of the image with itself, which doubles it exactly, to be read by what follows.
  private static func appendSum(_ network: inout Network) -> Network.NodeID {
    network.append("sum", .add(nil), 0, 0)
  }

  /// Every window over a plain tensor, and over a norm that is applied while reading: a padded tap
  /// is 0 then and not what the norm makes of 0.
  private static func innerConvolutions(_ kernel: Int) -> [OperationCase] {
    [(5, 9, 13, 11), (17, 33, 6, 9)].flatMap { inputs, outputs, height, width in
      [false, true].map { isNormalized in
        let source = isNormalized ? "norm" : "tensor"
        return OperationCase(
          "convolution \(kernel)x\(kernel) of a \(source), \(inputs) to \(outputs) channels, windows"
            + " on \(height)x\(width)", input: shape(height, width, inputs, batch: 2)
        ) { network in
          var source = appendSum(&network)
          if isNormalized {
            source = network.append(
              "norm", .groupNorm(norm(inputs, groups: 1, path: "norm", activation: .sigmoid)),
              source)
          }
          return windows(
            kernel, height: height, width: width, inputs: inputs, outputs: outputs
          ).map { network.append($0.weight.name.path, .convolution($0), source) }
        }
      }
    }
  }

  /// What else reads tensors, plain and through a norm with an activation that changes what it is
  /// applied to twice, and that is not 0 at 0.
  private static let innerOperations = [
    (channels: 5, groups: 5, height: 9, width: 6, batch: 3), (33, 3, 5, 12, 1), (80, 4, 7, 4, 2),
  ].map { channels, groups, height, width, batch in
    OperationCase(
      "operations on tensors, \(channels) channels, \(batch) of \(height)x\(width)",
      input: shape(height, width, channels, batch: batch)
    ) { network in
      let sum = appendSum(&network)
      let normed = network.append(
        "norm", .groupNorm(norm(channels, groups: groups, path: "norm", activation: .sigmoid)), sum)
      let linear = network.append(
        "linear norm",
        .groupNorm(norm(channels, groups: groups, path: "linear", activation: .linear)), sum)
      var outputs: [Network.NodeID] = []
      for (name, source) in [("tensor", sum), ("norm", normed)] {
        for padding in [SpatialPadding.symmetric(0), .symmetric(1), .same] {
          outputs.append(
            network.append(
              "pool of \(name), \(padding)",
              .maxPool(MaxPool(window: 3, stride: 2, padding: padding)), source))
        }
        let mean = network.append("mean of \(name)", .globalAveragePool, source)
        let path = "classifier of \(name)"
        let classifier = Linear(inputFeatures: channels, outputFeatures: 7, path: path)
        outputs += [mean, network.append(path, .linear(classifier), mean)]
      }
      return outputs + [
        network.append("border", .zeroPad(border: 2), sum),
        network.append("sum of tensor and norm", .add(Activation(.relu)), sum, linear),
        network.append("sum of norm and image", .add(Activation(.gelu)), linear, 0),
      ]
    }
  }

  /// Sums far from zero, whose moments a convolution gathers while it adds: careless merging of
  /// tiles loses everything.
  static let shiftedMomentsCases = [(16, 9, 7, 1), (40, 14, 15, 2)].flatMap {
    channels, height, width, batch in
    [Float(100), -3000].map { center in
      OperationCase(
        "norm of a sum around \(center), \(channels) channels, \(batch) of \(height)x\(width)",
        input: shape(height, width, channels, batch: batch), values: .uniform(center: center)
      ) { network in
        let sum = appendSum(&network)
        let path = "convolution"
        let convolved = network.append(
          path, .convolution(convolution(channels, channels, kernel: 3, path: path)), sum)
        let total = network.append("total", .add(nil), convolved, sum)
        let normed = network.append(
          "norm", .groupNorm(norm(channels, groups: 4, path: "norm", activation: .linear)), total)
        return [total, normed]
      }
    }
  }
}
