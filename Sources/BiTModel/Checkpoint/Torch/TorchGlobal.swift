/// The Python objects that pickles of tensors refer to: all there are. They are names here, nothing
/// is ever called.
enum TorchGlobal: Hashable {
  case orderedDictionary
  case rebuildTensor(Rebuild)
  case rebuildParameter
  /// Of a tensor with attributes of its own.
  case rebuildFromType
  case tensorClass
  case size
  case elementType(TorchElementType)
  case storage(TorchElementType)
  /// What makes a value that no weight depends on, such as bytes or a device.
  case plainValue

  /// PyTorch's functions for it (`torch/_utils.py`).
  enum Rebuild: Hashable {
    case version1, version2
    /// The element type is an argument: the storage has none.
    case version3
  }

  init?(module: String, name: String) {
    switch "\(module).\(name)" {
    case "collections.OrderedDict": self = .orderedDictionary
    case "torch._utils._rebuild_tensor": self = .rebuildTensor(.version1)
    case "torch._utils._rebuild_tensor_v2": self = .rebuildTensor(.version2)
    case "torch._utils._rebuild_tensor_v3": self = .rebuildTensor(.version3)
    case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
      self = .rebuildParameter
    case "torch._tensor._rebuild_from_type_v2": self = .rebuildFromType
    case "torch.Tensor", "torch.nn.parameter.Parameter": self = .tensorClass
    case "torch.Size": self = .size
    case "torch.device", "_codecs.encode": self = .plainValue
    default:
      if let plain = Self.plainPython(module, name) {
        self = plain
      } else if ["torch", "torch.cuda", "torch.storage"].contains(module),
        let type = TorchElementType(storage: name)
      {
        self = .storage(type)
      } else if module == "torch", let type = TorchElementType(dtype: name) {
        self = .elementType(type)
      } else {
        return nil
      }
    }
  }

  /// Types of plain values that protocol 2 has no opcodes for.
  private static func plainPython(_ module: String, _ name: String) -> Self? {
    guard ["builtins", "__builtin__"].contains(module) else { return nil }
    return ["set", "frozenset", "bytes", "bytearray", "complex"].contains(name) ? .plainValue : nil
  }

  /// What errors call it.
  var name: String {
    switch self {
    case .orderedDictionary: "collections.OrderedDict"
    case .rebuildTensor: "torch._utils._rebuild_tensor"
    case .rebuildParameter: "torch._utils._rebuild_parameter"
    case .rebuildFromType: "torch._tensor._rebuild_from_type_v2"
    case .tensorClass: "torch.Tensor"
    case .size: "torch.Size"
    case .elementType(let type), .storage(let type): "torch's type \(type.name)"
    case .plainValue: "a plain Python type"
    }
  }
}
