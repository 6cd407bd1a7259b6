/// Whose conventions a checkpoint follows: its names, its constants, its preprocessing.
public enum CheckpointForm: String, Hashable, Sendable, CaseIterable {
  /// A folder as transformers' `save_pretrained` writes it.
  case huggingFace = "Hugging Face"
  case timm
  /// An archive of Google's release.
  case google = "Google npz"
  /// Weights from a hash, with classes that mean nothing.
  case random
}
