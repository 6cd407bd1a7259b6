import FoundationEssentials

/// A model's weights on their way into safetensors files as transformers' `save_pretrained`
/// writes them: planned as a whole, then written one tensor at a time.
package struct CheckpointExport: Sendable {
  /// A file, and what it holds.
  struct Shard: Sendable {
    var name: String
    var tensors: [Tensor] = []

    var byteCount: Int { tensors.reduce(0) { $0 + $1.entry.byteCount } }
  }

  struct Tensor: Sendable {
    let parameter: Parameter
    let entry: SafetensorsLayout.Entry
    /// What the values are multiplied with.
    let scale: Double
  }

  /// save_pretrained's default, of transformers 5.
  package static let defaultShardSize = 50_000_000_000

  let type: WeightType
  let shards: [Shard]
  private let weights: any WeightSource

  /// - Parameters:
  ///   - shardSize: The most bytes of tensors in one file, unless a single one has more.
  package init(_ model: Model, type: WeightType, shardSize: Int = defaultShardSize) {
    self.type = type
    weights = model.weights
    let tensors = Self.tensors(of: model, type: type)
    var shards = [Shard(name: "model.safetensors")]
    for tensor in tensors {
      let last = shards.count - 1
      if !shards[last].tensors.isEmpty, shards[last].byteCount + tensor.entry.byteCount > shardSize
      {
        shards.append(Shard(name: "", tensors: [tensor]))
      } else {
        shards[last].tensors.append(tensor)
      }
    }
    if shards.count > 1 {
      for index in shards.indices {
        shards[index].name =
          "model-\(Self.padded(index + 1))-of-\(Self.padded(shards.count)).safetensors"
      }
    }
    self.shards = shards
  }

  /// Of all tensors.
  package var byteCount: Int { shards.reduce(0) { $0 + $1.byteCount } }

  /// Whether a file of a model folder holds weights in this form, or says where they are.
  package static func isWeightFile(_ name: String) -> Bool {
    name == "model.safetensors" || name == indexName
      || name.hasPrefix("model-") && name.hasSuffix(".safetensors") && name.contains("-of-")
  }

  private static let indexName = "model.safetensors.index.json"

  /// Writes the files into a folder.
  /// - Parameter progress: Told how many bytes of the tensors are written.
  /// - Returns: Their names, what refers to others last.
  /// - Throws: `ExportError`; what the weight source throws; `CancellationError`.
  package func write(into folder: String, progress: (Int) -> Void = { _ in }) throws -> [String] {
    var done = 0
    var buffer = [UInt8](repeating: 0, count: Self.pieceCount * type.byteCount)
    for shard in shards {
      let layout = SafetensorsLayout(shard.tensors.map(\.entry), metadata: [("format", "pt")])
      let file = try FileWriter(creating: "\(folder)/\(shard.name)")
      try file.reserve(layout.byteCount)
      try file.write(layout.header.span.bytes)
      for tensor in shard.tensors {
        try Task.checkCancellation()
        try write(tensor, to: file, through: &buffer)
        done += tensor.entry.byteCount
        progress(done)
      }
      try file.finish()
    }
    guard shards.count > 1 else { return shards.map(\.name) }
    let index = try FileWriter(creating: "\(folder)/\(Self.indexName)")
    try index.write(Array(self.index.indentedText.utf8).span.bytes)
    try index.finish()
    return shards.map(\.name) + [Self.indexName]
  }

  /// The tensors in the order of their names, as safetensors' own writer stores them.
  private static func tensors(of model: Model, type: WeightType) -> [Tensor] {
    let scales = Self.scales(of: model.network)
    // `BitModel` saves its tensors without the prefix that the classes around it add.
    let prefix = model.configuration.task == .features ? "" : "bit."
    return model.network.parameters.map { parameter in
      let path = parameter.name.path
      let name = path.hasPrefix("classifier.") ? path : prefix + path
      return Tensor(
        parameter: parameter,
        entry: SafetensorsLayout.Entry(name: name, shape: parameter.shape, type: type),
        scale: scales[parameter.name] ?? 1)
    }.sorted { $0.entry.name.utf8.lexicographicallyPrecedes($1.entry.name.utf8) }
  }

  /// ε of weight standardisation in transformers.
  static let standardizationEpsilon = 1e-8

  /// What kernels that were learnt with another ε are multiplied with, since
  /// s(w − m)/√(s²v + s²ε) = (w − m)/√(v + ε): for Google's 1e-10 that is 10.
  private static func scales(of network: Network) -> [ParameterName: Double] {
    var scales: [ParameterName: Double] = [:]
    for case .convolution(let convolution) in network.nodes.map(\.operation) {
      let epsilon = convolution.standardizationEpsilon
      guard epsilon != standardizationEpsilon, epsilon > 0 else { continue }
      scales[convolution.weight.name] = (standardizationEpsilon / epsilon).squareRoot()
    }
    return scales
  }

  /// Elements that are converted at a time.
  private static let pieceCount = 1 << 16

  private func write(
    _ tensor: Tensor, to file: FileWriter, through buffer: inout [UInt8]
  ) throws {
    let values = try weights.values(of: tensor.parameter)
    for start in stride(from: 0, to: values.count, by: Self.pieceCount) {
      let piece = values[start..<min(start + Self.pieceCount, values.count)]
      let failed = buffer.withUnsafeMutableBytes { bytes in
        piece.withUnsafeBufferPointer { Self.encode($0, tensor.scale, as: type, into: bytes) }
      }
      if let failed {
        throw ExportError.overflow(
          tensor: tensor.entry.name, index: start + failed,
          value: Double(values[start + failed]) * tensor.scale, type: type)
      }
      try file.write(buffer.span.bytes.extracting(0..<(piece.count * type.byteCount)))
    }
  }

  /// Multiplies in Double, which is exact or as good, and rounds once.
  /// - Returns: The place of a value that the type cannot hold, if there is one.
  private static func encode(
    _ values: UnsafeBufferPointer<Float>, _ scale: Double, as type: WeightType,
    into bytes: UnsafeMutableRawBufferPointer
  ) -> Int? {
    switch type {
    case .float32:
      let target = bytes.assumingMemoryBound(to: UInt32.self)
      for (index, value) in values.enumerated() {
        let result = Float(Double(value) * scale)
        guard result.isFinite else { return index }
        target[index] = result.bitPattern.littleEndian
      }
    case .float16, .bfloat16:
      let rounding = type == .float16 ? HalfRounding.float16 : .bfloat16
      let target = bytes.assumingMemoryBound(to: UInt16.self)
      for (index, value) in values.enumerated() {
        guard let bits = rounding.bits(of: Double(value) * scale) else { return index }
        target[index] = bits.littleEndian
      }
    }
    return nil
  }

  private var index: JSONDocument {
    let places = shards.flatMap { shard in
      shard.tensors.map { (key: $0.entry.name, value: JSONDocument.string(shard.name)) }
    }
    let parameters = shards.flatMap(\.tensors).reduce(0) { $0 + $1.parameter.count }
    return .object([
      (
        "metadata",
        .object([
          ("total_parameters", .integer(parameters)), ("total_size", .integer(byteCount)),
        ])
      ),
      ("weight_map", .object(places)),
    ])
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}
