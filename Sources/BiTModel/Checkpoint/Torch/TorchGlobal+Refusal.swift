extension TorchGlobal {
  /// Why an object is refused, and what to do.
  static func refusal(of name: String, file: String) -> CheckpointError {
    .refusedObject(name: String(name.unicodeScalars.prefix(200)), file: file, hint: hint(for: name))
  }

  private static func hint(for name: String) -> String {
    let module = name.split(separator: ".").first.map(String.init) ?? ""
    switch name {
    case "torch._utils._rebuild_qtensor":
      return "Its tensors are quantised: save the model from before quantisation"
    case "torch._utils._rebuild_sparse_tensor", "torch._utils._rebuild_sparse_csr_tensor":
      return "A tensor is sparse: save it after tensor.to_dense()"
    case "torch._utils._rebuild_meta_tensor_no_storage":
      return "A tensor has no values: the model was saved before its weights were loaded"
    case "argparse.Namespace":
      return "It is what a training was started with. Where you trust the file, take it out with"
        + " timm's clean_checkpoint.py, or in Python: torch.load(FILE, weights_only=False), then"
        + " torch.save of its state_dict"
    default: break
    }
    if harmful.contains(module) {
      return "No weights need it, and running programs is what it is for: the file may be an"
        + " attack. Do not load it in Python either"
    }
    if name.contains(".nn.modules.") || ["timm", "transformers", "torchvision"].contains(module) {
      return "It holds a model's program instead of its tensors alone. Where you trust it, load it"
        + " in Python with torch.load(FILE, weights_only=False) and save model.state_dict()"
    }
    return
      "Where you trust it, load it in Python with torch.load(FILE, weights_only=False) and save"
      + " the tensors alone: safetensors.torch.save_file(state_dict, \"model.safetensors\")"
  }

  /// Modules by which pickles attack, builtins for `eval` and `exec`.
  private static let harmful: Set<String> = [
    "os", "posix", "nt", "sys", "subprocess", "builtins", "__builtin__", "runpy", "importlib",
    "pty",
    "socket", "shutil", "commands", "webbrowser", "pickle", "_pickle", "marshal", "ctypes", "code",
    "types", "operator", "functools", "platform", "multiprocessing", "asyncio", "pathlib", "urllib",
    "requests", "httplib", "http", "bdb", "pdb", "timeit", "cProfile", "profile", "pip", "ssl",
  ]
}
