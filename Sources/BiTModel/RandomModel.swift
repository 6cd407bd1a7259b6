import FoundationEssentials

/// A member of the BiT family with weights from a hash: full size, no download, the same bits
/// everywhere. Its labels mean nothing; it is for measuring and validating.
public struct RandomModel: Hashable, Sendable {
  public typealias Member = FamilyMember

  public let member: Member
  /// Height and width of its input, in pixels.
  public let inputSize: Int

  /// google/bit-50's input size.
  public static let defaultInputSize = 448

  /// - Parameter name: `R50x1`, or `R50x1@224` for a size.
  /// - Returns: `nil` for a name of another form or a size outside 32 … 4096.
  public init?(_ name: some StringProtocol) {
    let parts = name.split(separator: "@", omittingEmptySubsequences: false)
    guard let first = parts.first, parts.count <= 2,
      let member = Member.allCases.first(where: { $0.rawValue.lowercased() == first.lowercased() })
    else { return nil }
    guard let size = parts.count == 2 ? Int(parts[1]) : Self.defaultInputSize,
      (32...4096).contains(size)
    else { return nil }
    self.member = member
    inputSize = size
  }

  /// The 1,000-class member.
  /// - Throws: `ConfigurationError`, never for the members listed.
  public func makeModel() throws(ConfigurationError) -> Model {
    var configuration = ModelConfiguration()
    configuration.depths = member.depths
    configuration.embeddingSize *= member.width
    configuration.hiddenSizes = configuration.hiddenSizes.map { $0 * member.width }
    configuration.labels = ModelConfiguration.placeholderLabels(1000)
    return Model(
      name: "random:\(member.rawValue)@\(inputSize)", configuration: configuration,
      network: try configuration.makeNetwork(), weights: RandomWeights(),
      preprocessing: .transformers(Data(preprocessorConfiguration.utf8)), form: .random)
  }

  private var preprocessorConfiguration: String {
    """
    {"do_resize": true, "size": {"shortest_edge": \(inputSize)}, "resample": 2,
     "do_center_crop": true, "crop_size": {"height": \(inputSize), "width": \(inputSize)},
     "do_rescale": true, "rescale_factor": 0.00392156862745098, "do_normalize": true,
     "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "do_convert_rgb": true}
    """
  }
}

/// Weights from a hash of the parameter's name and the element's position.
public struct RandomWeights: WeightSource {
  public init() {}

  public func values(of parameter: Parameter) -> [Float] {
    let seed = parameter.name.path.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3  // FNV-1a
    }
    let path = parameter.name.path
    // Norms scale by about 1 and shift a little, so that activations keep their magnitude.
    let isScale = parameter.shape.count == 1 && path.hasSuffix(".weight")
    let amplitude: Float = parameter.shape.count == 1 ? 0.2 : 0.05
    let center: Float = isScale ? 1 : 0
    return [Float](unsafeUninitializedCapacity: parameter.count) { buffer, count in
      for index in buffer.indices {
        let bits = Self.mix(seed &+ UInt64(index) &* 0x9e37_79b9_7f4a_7c15)
        // 24 bits: uniform in −1 … 1, exact in Float.
        let unit = Float(Int32(truncatingIfNeeded: bits >> 40) - (1 << 23)) * 0x1p-23
        buffer[index] = center + amplitude * unit
      }
      count = buffer.count
    }
  }

  /// The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Weights that the caller holds, for tests and single operations.
public struct InMemoryWeights: WeightSource {
  private let tensors: [ParameterName: [Float]]

  public init(_ tensors: [ParameterName: [Float]]) { self.tensors = tensors }

  public func values(of parameter: Parameter) throws -> [Float] {
    guard let values = tensors[parameter.name] else {
      throw CheckpointError.missingTensor(parameter.name, file: "memory")
    }
    guard values.count == parameter.count else {
      throw CheckpointError.shapeMismatch(
        parameter.name, expected: parameter.shape, found: [values.count], file: "memory")
    }
    return values
  }
}
