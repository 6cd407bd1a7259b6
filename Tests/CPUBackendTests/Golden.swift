import BiTModel
import FoundationEssentials
import TestSupport

/// A fixture's input and the outputs that transformers computed from it in float64.
struct Golden {
  let model: Model
  let input: HostTensor
  /// Expected outputs with the nodes that compute them.
  let outputs: [(name: String, node: Network.NodeID, expected: HostTensor)]

  /// The fixtures in the form of a Hugging Face folder.
  static let names: [String] = {
    let folders = (try? Fixtures.modelFolders) ?? []
    return folders.map(\.lastPathComponent)
      .filter { name in !["13_", "14_"].contains { name.hasPrefix($0) } }
  }()

  init(_ name: String) throws {
    let folder = Fixtures.url("models/\(name)")
    model = try ModelFiles.open(path: folder.path)
    let file = try SafetensorsFile(path: folder.appending(path: "golden.safetensors").path)
    func tensor(_ name: String) throws -> HostTensor {
      let extents = (file.shape(of: name) ?? []) + [1, 1]
      return HostTensor(
        shape: TensorShape(
          batch: extents[0], height: extents[2], width: extents[3], channels: extents[1]),
        channelsFirst: try file.read(name))
    }
    input = try tensor("pixel_values")
    let network = model.network
    outputs = try file.tensorNames.compactMap { name in
      try network.node(forOutput: name).map { (name, $0, try tensor(name)) }
    }
  }
}

/// The largest difference of two tensors, relative to the largest magnitude of the expected one.
func relativeError(_ actual: HostTensor, _ expected: HostTensor) -> Double {
  guard actual.shape == expected.shape else { return .infinity }
  var largest = 0.0
  var error = 0.0
  for (a, b) in zip(actual.elements, expected.elements) {
    guard a.isFinite else { return .infinity }
    largest = max(largest, abs(Double(b)))
    error = max(error, abs(Double(a) - Double(b)))
  }
  return error == 0 ? 0 : error / max(largest, .leastNormalMagnitude)
}
