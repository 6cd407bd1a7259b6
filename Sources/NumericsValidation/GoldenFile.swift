import BiTModel
import FoundationEssentials

/// A safetensors file with an input, `pixel_values`, and what a network must make of it, named as
/// `bitcl run` names its outputs.
///
/// Beside them it may hold `standardized_weights.<module>` and another implementation's results,
/// `torch_fp32.<output>`, whose error widens the tolerance. A JSON file of the same name may give
/// that error for more tensors (`fp32_vs_fp64.<output>.max_abs`).
public struct GoldenFile: Sendable {
  /// [N, H, W, C]; stored NCHW.
  public let input: HostTensor
  /// What else the file holds that can be compared, sorted by name.
  public let tensors: [(name: String, tensor: HostTensor)]
  /// Tensors of other ranks or types, sorted.
  let others: [String]
  /// torch's own largest error in Float, by the output's name.
  let torchErrors: [String: Double]
  let path: String

  /// - Throws: `CheckpointError` if it is not a sound safetensors file; `GoldenError`.
  public init(path: String) throws {
    self.path = path
    let file = try SafetensorsFile(path: path)
    guard file.shape(of: "pixel_values") != nil else { throw GoldenError.noInput(file: path) }
    guard let input = try Self.read("pixel_values", in: file) else {
      throw GoldenError.notComparable(tensor: "pixel_values", file: path)
    }
    self.input = input
    var tensors: [(name: String, tensor: HostTensor)] = []
    var others: [String] = []
    for name in file.tensorNames where name != "pixel_values" {
      if let tensor = try Self.read(name, in: file) {
        tensors.append((name, tensor))
      } else {
        others.append(name)
      }
    }
    self.tensors = tensors
    self.others = others
    var errors = Self.storedErrors(besides: path)
    let byName = Dictionary(tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
    for (name, exact) in tensors {
      guard let torch = byName[Self.torchPrefix + name], torch.shape == exact.shape else {
        continue
      }
      errors[name] = zip(torch.elements, exact.elements).reduce(0) {
        max($0, abs(Double($1.0) - Double($1.1)))
      }
    }
    torchErrors = errors
  }

  static let torchPrefix = "torch_fp32."
  static let standardizedPrefix = "standardized_weights."

  /// [N, C, H, W] or [N, C]; `nil` for anything else.
  private static func read(_ name: String, in file: SafetensorsFile) throws -> HostTensor? {
    let extents = file.shape(of: name) ?? []
    guard [2, 4].contains(extents.count) else { return nil }
    let elements: [Float]
    do {
      elements = try file.read(name)
    } catch {
      guard case .unsupportedType = error else { throw error }
      return nil
    }
    switch extents.count {
    case 4:
      return HostTensor(
        shape: TensorShape(
          batch: extents[0], height: extents[2], width: extents[3], channels: extents[1]),
        channelsFirst: elements)
    default:
      return HostTensor(
        shape: TensorShape(batch: extents[0], height: 1, width: 1, channels: extents[1]),
        elements: elements)
    }
  }

  private struct Record: Decodable {
    struct Difference: Decodable {
      let largest: Double
      private enum CodingKeys: String, CodingKey { case largest = "max_abs" }
    }
    let torchErrors: [String: Difference]?
    private enum CodingKeys: String, CodingKey { case torchErrors = "fp32_vs_fp64" }
  }

  private static func storedErrors(besides path: String) -> [String: Double] {
    let record = URL(filePath: path).deletingPathExtension().appendingPathExtension("json")
    guard let bytes = try? Data(contentsOf: record),
      let errors = try? JSONDecoder().decode(Record.self, from: bytes).torchErrors
    else { return [:] }
    return errors.mapValues(\.largest)
  }
}

/// A golden file that nothing can be compared with.
public enum GoldenError: Error, Hashable, Sendable, CustomStringConvertible {
  case noInput(file: String)
  case notComparable(tensor: String, file: String)
  case nothingToCompare(file: String)

  public var description: String {
    switch self {
    case .noInput(let file): "\(file) has no tensor pixel_values, the input to compare on"
    case .notComparable(let tensor, let file):
      "\(file): tensor \(tensor) must be [N, C, H, W] or [N, C], of type F64, F32, F16 or BF16"
    case .nothingToCompare(let file):
      "\(file) holds no tensor that this model has: nothing to compare. It needs logits,"
        + " pooler_output, last_hidden_state, hidden_states.i, feature_maps.i or modules.<path>"
    }
  }
}
