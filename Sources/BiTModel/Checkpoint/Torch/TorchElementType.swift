/// A type that PyTorch's tensors can be of.
struct TorchElementType: Hashable {
  /// Its name in safetensors files, or PyTorch's own where those have none.
  let name: String
  let byteCount: Int

  /// - Parameter storage: The name of a storage's class (`torch/storage.py`).
  init?(storage: String) {
    switch storage {
    case "DoubleStorage": self.init("F64", 8)
    case "FloatStorage": self.init("F32", 4)
    case "HalfStorage": self.init("F16", 2)
    case "BFloat16Storage": self.init("BF16", 2)
    case "LongStorage": self.init("I64", 8)
    case "IntStorage": self.init("I32", 4)
    case "ShortStorage": self.init("I16", 2)
    case "CharStorage": self.init("I8", 1)
    case "ByteStorage", "UntypedStorage": self.init("U8", 1)
    case "BoolStorage": self.init("BOOL", 1)
    case "ComplexFloatStorage": self.init("C64", 8)
    case "ComplexDoubleStorage": self.init("C128", 16)
    default: return nil
    }
  }

  /// - Parameter dtype: What stands after `torch.` in its name.
  init?(dtype: String) {
    switch dtype {
    case "float64", "double": self.init("F64", 8)
    case "float32", "float": self.init("F32", 4)
    case "float16", "half": self.init("F16", 2)
    case "bfloat16": self.init("BF16", 2)
    case "int64", "long": self.init("I64", 8)
    case "int32", "int": self.init("I32", 4)
    case "int16", "short": self.init("I16", 2)
    case "int8": self.init("I8", 1)
    case "uint64": self.init("U64", 8)
    case "uint32": self.init("U32", 4)
    case "uint16": self.init("U16", 2)
    case "uint8": self.init("U8", 1)
    case "bool": self.init("BOOL", 1)
    case "complex64", "cfloat": self.init("C64", 8)
    case "complex128", "cdouble": self.init("C128", 16)
    case "complex32", "chalf": self.init("complex32", 4)
    case "float8_e4m3fn": self.init("F8_E4M3", 1)
    case "float8_e5m2": self.init("F8_E5M2", 1)
    case "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu": self.init(dtype, 1)
    default: return nil
    }
  }

  private init(_ name: String, _ byteCount: Int) {
    self.name = name
    self.byteCount = byteCount
  }
}
