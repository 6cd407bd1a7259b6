import BiTModel
import NumericsValidation

extension OperationCase {
  /// Whether a slow device gets through it in well under a second.
  var isSmall: Bool {
    let work = (try? network.multiplyAccumulates(forInput: shape)) ?? .max
    return work <= 60_000 && shape.count <= 4000
  }
}
