import BiTModel
import Testing

struct NetworkShapeTests {
  private func shape(_ height: Int, _ width: Int, channels: Int = 3, batch: Int = 1) -> TensorShape
  {
    TensorShape(batch: batch, height: height, width: width, channels: channels)
  }

  @Test("google/bit-50's stages have their published shapes")
  func stages() throws {
    let network = try ModelConfiguration().makeNetwork()
    let shapes = try network.shapes(forInput: shape(448, 448, batch: 2))
    #expect(
      network.hiddenStates.map { shapes[$0] } == [
        shape(112, 112, channels: 64, batch: 2), shape(112, 112, channels: 256, batch: 2),
        shape(56, 56, channels: 512, batch: 2), shape(28, 28, channels: 1024, batch: 2),
        shape(14, 14, channels: 2048, batch: 2),
      ])
    #expect(shapes[network.pooledFeatures] == shape(1, 1, channels: 2048, batch: 2))
  }

  @Test("inputs that do not suit the network are refused")
  func refusals() throws {
    let network = try ModelConfiguration.tiny.makeNetwork()
    #expect(throws: NetworkError.wrongInputChannels(expected: 3, found: 1)) {
      try network.shapes(forInput: shape(64, 64, channels: 1))
    }
    for empty in [shape(0, 9), shape(9, 0), shape(9, 9, batch: 0), shape(-1, 9)] {
      #expect(throws: NetworkError.emptyInput(empty)) { try network.shapes(forInput: empty) }
    }
    for huge in [shape(1 << 20, 1 << 20), shape(Int.max, Int.max), shape(64, 64, batch: 1 << 40)] {
      #expect(throws: NetworkError.self) { try network.shapes(forInput: huge) }
    }
  }

  @Test("a window that does not fit is refused at its node, and nodes before it still have shapes")
  func windowDoesNotFit() throws {
    var configuration = ModelConfiguration.tiny
    configuration.globalPadding = .valid
    let network = try configuration.makeNetwork()
    #expect(throws: NetworkError.self) { try network.shapes(forInput: shape(6, 40)) }
    #expect(throws: NetworkError.self) { try network.shapes(forInput: shape(48, 48)) }
    let stem = try network.shapes(forInput: shape(48, 48), upTo: network.hiddenStates[0])
    #expect(stem.last == shape(11, 11, channels: 8))
  }

  @Test(
    "SAME pads as TensorFlow does: ceil(x / stride) outputs, the odd zero after",
    arguments: [(7, 2, 1), (3, 2, 1), (3, 1, 2), (1, 2, 1), (7, 3, 4)])
  func samePadding(_ window: Int, _ stride: Int, _ dilation: Int) {
    for extent in 1...40 {
      let outputs = SpatialPadding.same.outputExtent(
        of: extent, window: window, stride: stride, dilation: dilation)
      #expect(outputs == (extent + stride - 1) / stride)
      let (before, after) = SpatialPadding.same.amounts(
        extent: extent, window: window, stride: stride, dilation: dilation)
      #expect(before >= 0 && (after == before || after == before + 1))
    }
  }

  @Test("outputs are found by the names that goldens give them")
  func outputNames() throws {
    let network = try ModelConfiguration.tiny.makeNetwork()
    for (name, node) in network.outputs { #expect(network.node(forOutput: name) == node) }
    let convolution = network.node(forOutput: "modules.bit.encoder.stages.0.layers.0.conv2")
    #expect(convolution == network.node(forOutput: "modules.encoder.stages.0.layers.0.conv2"))
    #expect(convolution != nil)
    for name in [
      "", "hidden_states.", "hidden_states.2", "hidden_states.-1", "feature_maps.0", "modules.",
      "Logits", "hidden_states.99999999999999999999",
    ] {
      #expect(network.node(forOutput: name) == nil, "\(name)")
    }
  }
}
