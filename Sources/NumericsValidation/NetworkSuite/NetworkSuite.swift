import BiTModel

/// Small networks of every kind that a configuration can name.
public enum NetworkSuite {
  /// - Throws: `ConfigurationError`, never for these.
  public static func cases() throws -> [NetworkCase] {
    try [
      tiny("pre-activation, symmetric padding", .preactivation, batch: 3, 37, 41) { _ in },
      tiny("pre-activation, SAME padding, dynamic stem, gelu", .preactivation, batch: 1, 45, 38) {
        $0.globalPadding = .same
        $0.embeddingDynamicPadding = true
        $0.hiddenActivation = .gelu
      },
      tiny("pre-activation, output stride 8, silu", .preactivation, batch: 2, 33, 50) {
        $0.outputStride = 8
        $0.hiddenActivation = .silu
      },
      tiny("pre-activation, odd widths, one group", .preactivation, batch: 1, 51, 29) {
        $0.groups = 1
        $0.embeddingSize = 13
        $0.hiddenSizes = [24, 40, 56]
      },
      tiny("bottleneck, symmetric padding", .bottleneck, batch: 3, 41, 37) { _ in },
      tiny("bottleneck, output stride 8 by dilation, SAME", .bottleneck, batch: 1, 38, 45) {
        $0.outputStride = 8
        $0.globalPadding = .same
      },
      tiny("bottleneck, mish, a group a channel", .bottleneck, batch: 2, 40, 33) {
        $0.groups = 8
        $0.embeddingSize = 8
        $0.hiddenSizes = [32, 32, 64]
        $0.hiddenActivation = .mish
      },
      tiny("bottleneck backbone, four feature maps", .bottleneck, batch: 1, 36, 43) {
        $0.task = .backbone(stages: [0, 1, 2, 3])
        $0.hiddenActivation = .leakyReLU
      },
    ]
  }

  private static func tiny(
    _ name: String, _ layerType: ModelConfiguration.LayerType, batch: Int, _ height: Int,
    _ width: Int, change: (inout ModelConfiguration) -> Void
  ) throws -> NetworkCase {
    var configuration = ModelConfiguration()
    configuration.layerType = layerType
    configuration.embeddingSize = 16
    configuration.hiddenSizes = [32, 72, 64]
    configuration.depths = [2, 1, 2]
    configuration.groups = 4
    configuration.labels = (0..<10).map(String.init)
    change(&configuration)
    return NetworkCase(
      name, network: try configuration.makeNetwork(), weights: RandomWeights(),
      shape: TensorShape(
        batch: batch, height: height, width: width, channels: configuration.channels))
  }

  /// A model at a size that the oracle computes in seconds: its own, or smaller in steps of 32
  /// pixels until an image takes at most two thousand million multiply-accumulates.
  ///
  /// Every layer and every channel of the model is computed whatever the size; fewer tiles of each
  /// image are. R50x1 is validated at 128x128.
  ///
  /// - Throws: `NetworkError` where the model refuses every size.
  public static func modelCase(
    _ model: Model, size: (height: Int, width: Int)?
  ) throws(NetworkError) -> NetworkCase {
    var (height, width) = size ?? (224, 224)
    func shape() -> TensorShape {
      TensorShape(
        batch: 1, height: height, width: width, channels: model.network.inputChannels)
    }
    while max(height, width) > 64, isDear(model.network, shape()) {
      (height, width) = (max(height - 32, 32), max(width - 32, 32))
    }
    _ = try model.network.shapes(forInput: shape())
    return NetworkCase(
      model.name, network: model.network, weights: model.weights, shape: shape())
  }

  private static func isDear(_ network: Network, _ shape: TensorShape) -> Bool {
    guard let products = try? network.multiplyAccumulates(forInput: shape) else { return false }
    return products > 2_000_000_000
  }
}
