/// A network as data: a list of nodes, each reading earlier ones. Backends walk it; it computes
/// nothing itself.
public struct Network: Hashable, Sendable {
  /// The position of a node in `nodes`.
  public typealias NodeID = Int

  public struct Node: Hashable, Sendable {
    /// transformers' module path without the leading `bit.`, such as
    /// `encoder.stages.0.layers.0.conv1`; unique.
    public let name: String
    public let operation: Operation
    /// The nodes that this one reads, all earlier.
    public let inputs: [NodeID]
  }

  public private(set) var nodes: [Node]

  /// The stem's output, then each stage's, before the final norm.
  public var hiddenStates: [NodeID] = []
  /// After the final norm.
  public var lastHiddenState: NodeID = 0
  /// The mean of the last hidden state over its pixels.
  public var pooledFeatures: NodeID = 0
  /// The classifier's output, where there is a classifier.
  public var logits: NodeID?
  /// What a backbone hands to its detector.
  public var featureMaps: [NodeID] = []

  /// A network that has only its input, of `channels` a pixel.
  public init(inputChannels channels: Int) {
    nodes = [Node(name: "pixel_values", operation: .input(channels: channels), inputs: [])]
  }

  /// Appends a node.
  /// - Precondition: `inputs` are earlier nodes.
  @discardableResult
  public mutating func append(
    _ name: String, _ operation: Operation, _ inputs: NodeID...
  ) -> NodeID {
    precondition(inputs.allSatisfy(nodes.indices.contains), "node \(name) reads a later node")
    nodes.append(Node(name: name, operation: operation, inputs: inputs))
    return nodes.count - 1
  }

  public var inputChannels: Int {
    guard case .input(let channels) = nodes[0].operation else { return 0 }
    return channels
  }

  /// Every learnt tensor, each once, in the order of first use.
  public var parameters: [Parameter] {
    var seen = Set<ParameterName>()
    return nodes.flatMap(\.operation.parameters).filter { seen.insert($0.name).inserted }
  }

  /// The nodes that read each node.
  public var readers: [[NodeID]] {
    var result = [[NodeID]](repeating: [], count: nodes.count)
    for (id, node) in nodes.enumerated() {
      for input in node.inputs { result[input].append(id) }
    }
    return result
  }
}

extension Network {
  /// The node behind the name of an output tensor, as `bitcl run` writes and goldens hold them:
  /// `logits`, `pooler_output`, `last_hidden_state`, `hidden_states.i`, `feature_maps.i`, or
  /// `modules.` and a module path with or without `bit.`.
  public func node(forOutput name: String) -> NodeID? {
    switch name {
    case "logits": return logits
    case "pooler_output": return pooledFeatures
    case "last_hidden_state": return lastHiddenState
    default: break
    }
    if let index = Self.index(in: name, after: "hidden_states.") {
      return hiddenStates.indices.contains(index) ? hiddenStates[index] : nil
    }
    if let index = Self.index(in: name, after: "feature_maps.") {
      return featureMaps.indices.contains(index) ? featureMaps[index] : nil
    }
    guard name.hasPrefix("modules.") else { return nil }
    var path = name.dropFirst("modules.".count)
    if path.hasPrefix("bit.") { path = path.dropFirst("bit.".count) }
    return nodes.firstIndex { $0.name == path }
  }

  private static func index(in name: String, after prefix: String) -> Int? {
    name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil
  }

  /// The names and nodes of everything that a user can ask for, without single modules.
  public var outputs: [(name: String, node: NodeID)] {
    var result: [(name: String, node: NodeID)] = []
    if let logits { result.append(("logits", logits)) }
    result.append(("pooler_output", pooledFeatures))
    result.append(("last_hidden_state", lastHiddenState))
    result += hiddenStates.enumerated().map { ("hidden_states.\($0)", $1) }
    result += featureMaps.enumerated().map { ("feature_maps.\($0)", $1) }
    return result
  }
}
