/// Finds the tensors of a model in what a checkpoint's pickle describes: a dictionary of names and
/// tensors, by itself or among others that a training left.
struct StateDictionary {
  /// Where training scripts put it, averaged weights first (timm 1.0.31, `models/_helpers.py`,
  /// `load_state_dict`).
  private static let keys = ["state_dict_ema", "model_ema", "state_dict", "model"]

  /// What wrappers put before every name, in the order that timm takes it away.
  private static let wrappers = ["_orig_mod.", "module.", "_orig_mod."]

  let tensors: [String: TorchTensor]

  /// - Parameter root: What the pickle describes.
  init(_ root: PickleValue, in unpickler: Unpickler) throws(CheckpointError) {
    guard case .dictionary(let reference) = root else {
      throw .unsupportedForm(
        path: unpickler.source, found: "\(root.kind) instead of a dictionary of names and tensors",
        hint: "Save the model's state_dict()")
    }
    let items = Self.items(of: reference, in: unpickler)
    let inner = Self.keys.lazy.compactMap { key -> PickleHeap.Reference? in
      guard case .dictionary(let inner)? = items[key] else { return nil }
      return inner
    }.first
    let entries = inner.map { Self.items(of: $0, in: unpickler) } ?? items
    var tensors: [String: TorchTensor] = [:]
    for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
      guard case .tensor(let index) = value else { continue }
      let name = Self.unwrapped(key)
      guard tensors.updateValue(unpickler.objects.tensors[index], forKey: name) == nil else {
        throw unpickler.malformed("it has the tensor \(quoted(name)) with and without a prefix")
      }
    }
    guard !tensors.isEmpty else { throw Self.noTensors(entries, in: unpickler) }
    self.tensors = tensors
  }

  /// A dictionary's items whose keys are strings; of equal keys the last one counts.
  private static func items(
    of reference: PickleHeap.Reference, in unpickler: Unpickler
  ) -> [String: PickleValue] {
    let values = unpickler.heap[reference]
    var items: [String: PickleValue] = [:]
    for index in stride(from: 0, to: values.count - 1, by: 2) {
      if case .string(let key) = values[index] { items[key] = values[index + 1] }
    }
    return items
  }

  private static func unwrapped(_ name: String) -> String {
    wrappers.reduce(name) { $0.hasPrefix($1) ? String($0.dropFirst($1.count)) : $0 }
  }

  private static func noTensors(
    _ entries: [String: PickleValue], in unpickler: Unpickler
  ) -> CheckpointError {
    let found = entries.sorted { $0.key < $1.key }.prefix(8).map {
      "\(quoted($0.key)) (\($0.value.kind))"
    }
    return .unsupportedForm(
      path: unpickler.source,
      found: "no dictionary of names and tensors: it holds "
        + (found.isEmpty ? "nothing" : found.joined(separator: ", ")),
      hint: "Tensors are looked for at the top and under \(keys.joined(separator: ", "))")
  }
}
