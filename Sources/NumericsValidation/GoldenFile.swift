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
  /// The shapes of what else the file holds that can be compared, sorted by name. The elements are
  /// read when a network turns out to have such a tensor.
  let shapes: [(name: String, shape: TensorShape)]
  /// Tensors of other ranks or types, sorted.
  let others: [String]
  let path: String
  private let file: SafetensorsFile
  /// torch's own largest error in Float, by the output's name, as the JSON file says.
  private let recordedErrors: [String: Double]

  /// Elements of the largest input that is read: 128 MB, or 55 images of 448x448.
  public static let inputElementLimit = 1 << 25

  /// - Throws: `CheckpointError` if it is not a sound safetensors file; `GoldenError`.
  public init(path: String) throws {
    self.path = path
    file = try SafetensorsFile(path: path)
    guard file.shape(of: Self.inputName) != nil else { throw GoldenError.noInput(file: path) }
    guard let shape = Self.comparableShape(of: Self.inputName, in: file) else {
      throw GoldenError.notComparable(tensor: Self.inputName, file: path)
    }
    guard shape.count <= Self.inputElementLimit else {
      throw GoldenError.inputTooLarge(elements: shape.count, file: path)
    }
    input = try Self.read(Self.inputName, shape, in: file)
    var shapes: [(name: String, shape: TensorShape)] = []
    var others: [String] = []
    for name in file.tensorNames where name != Self.inputName {
      if let shape = Self.comparableShape(of: name, in: file) {
        shapes.append((name, shape))
      } else {
        others.append(name)
      }
    }
    self.shapes = shapes
    self.others = others
    recordedErrors = Self.recordedErrors(besides: path)
  }

  private static let inputName = "pixel_values"
  static let torchPrefix = "torch_fp32."
  static let standardizedPrefix = "standardized_weights."

  /// One of `shapes`.
  /// - Throws: `CheckpointError`.
  func tensor(_ name: String, _ shape: TensorShape) throws -> HostTensor {
    try Self.read(name, shape, in: file)
  }

  /// torch's own largest error in Float for an output, if the file tells.
  ///
  /// The JSON file's figure goes before the difference from torch's result: that one is as wrong
  /// as the golden tensor itself may be, so it counts up to ten times what torch's is in any
  /// sound network (below 1e-5 of the largest magnitude).
  func torchError(of name: String, expected: HostTensor) throws -> Double? {
    if let error = recordedErrors[name] { return error }
    let stored = Self.torchPrefix + name
    guard Self.comparableShape(of: stored, in: file) == expected.shape else { return nil }
    let torch = try tensor(stored, expected.shape)
    var (error, magnitude) = (0.0, 0.0)
    for (a, b) in zip(torch.elements, expected.elements) {
      error = max(error, abs(Double(a) - Double(b)))
      magnitude = max(magnitude, abs(Double(b)))
    }
    return min(error, 1e-4 * magnitude)
  }

  /// The extents of [N, C, H, W] or [N, C] in numbers that can be compared; else `nil`.
  private static func comparableShape(
    of name: String, in file: SafetensorsFile
  ) -> TensorShape? {
    guard let extents = file.shape(of: name), [2, 4].contains(extents.count),
      ["F64", "F32", "F16", "BF16"].contains(file.elementType(of: name))
    else { return nil }
    let isMap = extents.count == 4
    return TensorShape(
      batch: extents[0], height: isMap ? extents[2] : 1, width: isMap ? extents[3] : 1,
      channels: extents[1])
  }

  private static func read(
    _ name: String, _ shape: TensorShape, in file: SafetensorsFile
  ) throws -> HostTensor {
    HostTensor(shape: shape, channelsFirst: try file.read(name))
  }

  private struct Record: Decodable {
    struct Difference: Decodable {
      let largest: Double
      private enum CodingKeys: String, CodingKey { case largest = "max_abs" }
    }
    let torchErrors: [String: Difference]?
    private enum CodingKeys: String, CodingKey { case torchErrors = "fp32_vs_fp64" }
  }

  private static let recordByteLimit = 8 << 20

  private static func recordedErrors(besides path: String) -> [String: Double] {
    let record = URL(filePath: path).deletingPathExtension().appendingPathExtension("json")
    guard
      let bytes = try? FileReader.contents(ofFile: record.path, limit: recordByteLimit),
      let errors = try? JSONDecoder().decode(Record.self, from: Data(bytes)).torchErrors
    else { return [:] }
    return errors.mapValues(\.largest)
  }
}

/// A golden file that nothing can be compared with.
public enum GoldenError: Error, Hashable, Sendable, CustomStringConvertible {
  case noInput(file: String)
  case inputTooLarge(elements: Int, file: String)
  case notComparable(tensor: String, file: String)
  case nothingToCompare(file: String)

  public var description: String {
    switch self {
    case .noInput(let file): "\(file) has no tensor pixel_values, the input to compare on"
    case .inputTooLarge(let elements, let file):
      "\(file): pixel_values has \(elements) elements, more than the limit of"
        + " \(GoldenFile.inputElementLimit). Use fewer images at a time, or smaller ones"
    case .notComparable(let tensor, let file):
      "\(file): tensor \(tensor) must be [N, C, H, W] or [N, C], of type F64, F32, F16 or BF16"
    case .nothingToCompare(let file):
      "\(file) holds no tensor that this model has: nothing to compare. It needs logits,"
        + " pooler_output, last_hidden_state, hidden_states.i, feature_maps.i or modules.<path>"
    }
  }
}
