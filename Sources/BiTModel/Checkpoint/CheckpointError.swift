/// A checkpoint that cannot be used.
public enum CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
  case notFound(path: String)
  case unreadable(file: String, reason: String)
  case malformed(file: String, reason: String)
  case missingTensor(ParameterName, file: String)
  case shapeMismatch(ParameterName, expected: [Int], found: [Int], file: String)
  case unsupportedType(tensor: String, type: String, file: String)
  case notFinite(tensor: String, index: Int, file: String)
  /// A folder without any weights file.
  case noWeights(folder: String, found: [String])
  /// Weights whose configuration is not beside them.
  case missingConfiguration(weights: String, path: String)
  /// A pickle that calls for a Python object other than those that tensors are made of.
  case refusedObject(name: String, file: String, hint: String)
  case unsupportedForm(path: String, found: String, hint: String)

  public var description: String { abridged(text) }

  private var text: String {
    switch self {
    case .notFound(let path):
      "\(path) does not exist"
    case .unreadable(let file, let reason): "cannot read \(file): \(reason)"
    case .malformed(let file, let reason): "\(file) is damaged or not what it says: \(reason)"
    case .missingTensor(let name, let file):
      "\(file) lacks the tensor \(name), which the configuration calls for. Do config.json and the"
        + " weights belong together?"
    case .shapeMismatch(let name, let expected, let found, let file):
      "\(file): tensor \(name) has the shape \(found), the configuration calls for \(expected)."
        + " Do config.json and the weights belong together?"
    case .unsupportedType(let tensor, let type, let file):
      "\(file): tensor \(tensor) is of type \(type); weights must be F64, F32, F16 or BF16"
    case .notFinite(let tensor, let index, let file):
      "\(file): tensor \(tensor) holds a NaN or an infinity (element \(index)); the checkpoint is"
        + " damaged or its training diverged"
    case .refusedObject(let name, let file, let hint):
      "\(file) calls for the Python object \(name). Only tensors are read, and nothing in a file is"
        + " ever executed. \(hint)"
    case .unsupportedForm(let path, let found, let hint):
      "\(path) has \(found). \(hint)"
    case .noWeights(let folder, let found):
      "\(folder) holds no weights: there is no model.safetensors, pytorch_model.bin or .npz"
        + (found.isEmpty
          ? "; it is empty"
          : ", only \(found.prefix(5).joined(separator: ", "))\(found.count > 5 ? ", …" : "")")
    case .missingConfiguration(let weights, let path):
      "\(weights) has the tensor names of Hugging Face's models, whose padding, groups and labels"
        + " no tensor shows, but \(path) does not exist. Put the model's config.json there"
    }
  }
}
