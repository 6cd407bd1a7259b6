import BiTModel

extension ModelConfiguration {
  /// Two stages of one layer each, for three classes: fast on a simulator, too.
  static func small(_ layerType: LayerType) -> ModelConfiguration {
    var configuration = ModelConfiguration()
    configuration.layerType = layerType
    configuration.embeddingSize = 8
    configuration.hiddenSizes = [16, 24]
    configuration.depths = [1, 1]
    configuration.groups = 4
    configuration.labels = ["a", "b", "c"]
    return configuration
  }
}
