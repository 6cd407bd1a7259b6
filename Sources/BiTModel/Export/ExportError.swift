/// A model that cannot be written.
public enum ExportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The place to write to is taken, or not one.
  case destination(path: String, reason: String)
  case unwritable(path: String, reason: String)
  /// A weight beyond the largest number of the type.
  case overflow(tensor: String, index: Int, value: Double, type: WeightType)
  /// The form that is written has no way to say this.
  case inexpressible(what: String)

  public var description: String {
    switch self {
    case .destination(let path, let reason): "cannot write to \(path): \(reason)"
    case .unwritable(let path, let reason):
      "cannot write \(path): \(reason). Nothing of it was left behind"
    case .overflow(let tensor, let index, let value, let type):
      "tensor \(tensor) holds \(Float(value)) (element \(index)), which is beyond the largest"
        + " number of \(type.word)\(type == .float16 ? ", 65504. Take bf16 or f32" : "")"
    case .inexpressible(let what):
      "the model cannot be written in transformers' form: \(what)"
    }
  }
}
