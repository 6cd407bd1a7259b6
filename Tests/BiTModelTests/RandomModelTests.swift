import BiTModel
import Testing

struct RandomModelTests {
  @Test("names give members and sizes")
  func names() throws {
    #expect(RandomModel("R50x1")?.inputSize == RandomModel.defaultInputSize)
    let lowercase = try #require(RandomModel("r101X3@224"))
    #expect(lowercase == RandomModel("R101x3@224") && lowercase.inputSize == 224)
    for name in ["", "R50", "R50x1@", "R50x1@0", "R50x1@31", "R50x1@5000", "R50x1@224@224", "@224"]
    {
      #expect(RandomModel(name) == nil, "\(name)")
    }
  }

  /// Parameters from the table of the published family.
  @Test(
    "every member has its published number of parameters",
    arguments: [
      ("R50x1", 25.5), ("R50x3", 217), ("R101x1", 44.5), ("R101x3", 388), ("R152x2", 236),
      ("R152x4", 937),
    ])
  func parameterCounts(_ name: String, _ millions: Double) throws {
    let model = try #require(RandomModel(name)).makeModel()
    #expect(abs(Double(model.parameterCount) / 1e6 / millions - 1) < 0.004)
  }

  @Test("R50x1 multiplies 4.09 billion times at 224x224, four times as often at 448x448")
  func multiplyAccumulates() throws {
    let network = try #require(RandomModel("R50x1")).makeModel().network
    func count(_ size: Int) throws -> Double {
      Double(
        try network.multiplyAccumulates(
          forInput: TensorShape(batch: 1, height: size, width: size, channels: 3)))
    }
    #expect(abs(try count(224) / 4.09e9 - 1) < 0.002)
    #expect(abs(try count(448) / 16.36e9 - 1) < 0.005)
  }

  @Test("weights are the same bits everywhere, different by name, and finite")
  func weights() {
    let kernel = Parameter("a.weight", shape: [2, 3, 1, 1])
    let values = RandomWeights().values(of: kernel)
    #expect(values == RandomWeights().values(of: kernel))
    #expect(values != RandomWeights().values(of: Parameter("b.weight", shape: [2, 3, 1, 1])))
    #expect(values.map(\.bitPattern) == Self.expectedBits)
    #expect(values.allSatisfy { abs($0) <= 0.05 })
    let scale = RandomWeights().values(of: Parameter("n.weight", shape: [64]))
    #expect(scale.allSatisfy { (0.8...1.2).contains($0) })
  }

  /// Stored once, so that a change of the hash is noticed: bench and validate rely on it.
  private static let expectedBits: [UInt32] = [
    3_164_030_400, 1_015_788_317, 3_168_656_714, 1_025_848_479, 1_027_833_445, 3_174_772_341,
  ]
}
