/// Which files of a repository a model is made from.
package struct NeededFiles: Hashable, Sendable {
  /// What describes the model, as far as it is there.
  package let descriptions: [String]
  /// What holds its weights.
  package let weights: [String]
  /// The list of the weights' files, where they are several.
  package let index: String?

  package var all: [String] { descriptions + (index.map { [$0] } ?? []) + weights }

  package static let configuration = "config.json"
  package static let preprocessor = "preprocessor_config.json"
  package static let descriptionNames = [configuration, preprocessor]

  /// The forms of weights, the best one first: what needs no unpickling goes before what does.
  package static let forms: [(file: String, index: String)] = [
    ("model.safetensors", "model.safetensors.index.json"),
    ("pytorch_model.bin", "pytorch_model.bin.index.json"),
  ]

  /// Weights that stand alone, in the order in which one is chosen.
  package static let loneKinds = [".safetensors", ".npz", ".pth", ".pt"]

  /// What a repository offers cannot be used.
  package enum Problem: Error, Hashable {
    /// Nothing in it is in a form that is known.
    case noWeights
    /// Several files that stand alone, and nothing says which is meant.
    case ambiguous([String])
  }

  /// - Parameter names: Those of all files, relative to the repository.
  package init(among names: some Sequence<String>) throws(Problem) {
    let names = Set(names.filter { !$0.contains("/") })
    descriptions = Self.descriptionNames.filter(names.contains)
    for form in Self.forms {
      if names.contains(form.file) {
        weights = [form.file]
        index = nil
        return
      }
      if names.contains(form.index) {
        weights = names.filter { Self.isShard($0, of: form.file) }.sorted()
        index = form.index
        return
      }
    }
    index = nil
    for kind in Self.loneKinds {
      let candidates = names.filter { $0.hasSuffix(kind) }.sorted()
      guard !candidates.isEmpty else { continue }
      guard candidates.count == 1 else { throw .ambiguous(candidates) }
      weights = candidates
      return
    }
    throw .noWeights
  }

  /// Whether a name is `model-00001-of-00003.safetensors` for `model.safetensors`.
  private static func isShard(_ name: String, of whole: String) -> Bool {
    guard let dot = whole.lastIndex(of: ".") else { return false }
    return name.hasPrefix("\(whole[..<dot])-") && name.hasSuffix(whole[dot...])
  }
}
