/// A `config.json` that does not describe a network we can run.
public enum ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  case malformed(file: String, reason: String)
  case wrongModelType(String?, file: String)
  /// A network that timm names and that is no BiT network.
  case foreignArchitecture(String, reason: String?, file: String)
  case unknownValue(key: String, value: String, allowed: String, file: String)
  case outOfRange(key: String, value: Int, allowed: ClosedRange<Int>, file: String)
  case groupsDoNotDivide(groups: Int, channels: Int, module: String)
  case widthMismatch(module: String, expected: Int, found: Int)
  case singleWeightKernel(module: String)
  /// A contradiction that shows when the network is put together, with the file that it came from.
  indirect case contradiction(Self, file: String)

  public var description: String { abridged(text) }

  private var text: String {
    switch self {
    case .contradiction(let error, let file): "\(file): \(error)"
    case .malformed(let file, let reason):
      "\(file) is not a usable model configuration: \(reason)"
    case .wrongModelType(let type, let file):
      "\(file) describes a model of type \(type.map { "'\($0)'" } ?? "unknown (no model_type)"),"
        + " not 'bit'; only Big Transfer models run here"
    case .foreignArchitecture(let name, let reason, let file):
      "\(file) describes timm's '\(name)', which is not Big Transfer"
        + (reason.map { ": \($0)" } ?? "") + ". Of timm's models, resnetv2_*_bit run here"
    case .unknownValue(let key, let value, let allowed, let file):
      "\(file): \(key) is '\(value)'; allowed: \(allowed)"
    case .outOfRange(let key, let value, let allowed, let file):
      "\(file): \(key) is \(value); allowed: \(allowed.lowerBound) to \(allowed.upperBound)"
    case .groupsDoNotDivide(let groups, let channels, let module):
      "\(module) has \(channels) channels, which num_groups \(groups) does not divide; the"
        + " configuration cannot be built (transformers refuses it too)"
    case .widthMismatch(let module, let expected, let found):
      "\(module) is defined for \(expected) channels but receives \(found): the configuration"
        + " contradicts itself (width_factor > 1 or rounded hidden_sizes before a final norm or"
        + " classifier; transformers cannot run it either)"
    case .singleWeightKernel(let module):
      "\(module) would have kernels of a single weight, which cannot be standardised (transformers"
        + " refuses them too); embedding_size must be at least 2"
    }
  }
}
