/// What a pickle can describe here: plain values, and those of PyTorch's that tensors are made of.
///
/// Containers are numbers of `PickleHeap`, as objects are in Python: nothing owns what it holds, so
/// neither depth nor cycles nor repetition cost anything.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  /// An integer beyond `Int`, in two's complement, the lowest byte first.
  case largeInteger([UInt8])
  case string(String)
  /// A value that no weight depends on: a float, bytes, a set, a device, a very long text.
  case opaque
  case tuple(PickleHeap.Reference)
  case list(PickleHeap.Reference)
  case dictionary(PickleHeap.Reference)
  case global(TorchGlobal)
  /// A number of `TorchObjects.slices`.
  case storage(Int)
  /// A number of `TorchObjects.tensors`.
  case tensor(Int)

  /// What it is, for errors.
  var kind: String {
    switch self {
    case .none: "None"
    case .bool: "a bool"
    case .integer, .largeInteger: "an integer"
    case .string: "a string"
    case .opaque: "a plain value"
    case .tuple: "a tuple"
    case .list: "a list"
    case .dictionary: "a dictionary"
    case .global(let global): "the object \(global.name)"
    case .storage: "a storage"
    case .tensor: "a tensor"
    }
  }
}
