import BiTModel

/// A classifier that cannot be made, or a result that it cannot give.
public enum ClassifierError: ClassifiedFailure, Hashable, CustomStringConvertible {
  /// No folder has this name, and it is not a built-in one.
  case modelNotFound(name: String)
  /// A hub id whose files are not in the hub's cache on this machine.
  case modelNotDownloaded(id: String)
  /// A download was asked of a program that was built without them.
  case noDownloads(id: String)
  /// `random:` with a member or size that does not exist.
  case unknownRandomModel(name: String)
  /// The program was built without its demo model, or with a damaged one.
  case demoModelMissing
  /// - `hint`: why OpenCL offers nothing, where that is so.
  case noSuchDevice(word: String, available: [String], hint: String?)
  /// - `kind`: `device` or `GPU`; `reason`: why OpenCL offers nothing, where that is so.
  case noOpenCLDevice(kind: String, reason: String?)
  /// Every backend that could serve failed.
  case noBackendWorks(failures: [String])
  /// Labels or logits were asked of a model that has no classifier.
  case noClassifier(model: String)
  case labelCount(expected: Int, found: Int, source: String)
  /// The model cannot be fed with images, or a tensor does not suit it.
  case unsuitableInput(reason: String)
  /// A tensor of one image was expected.
  case notOneImage(TensorShape)
  /// The network's result is not a number.
  case notFinite(device: String)

  public var failureKind: FailureKind {
    switch self {
    case .modelNotFound, .modelNotDownloaded, .unknownRandomModel: .notFound
    case .noSuchDevice, .noOpenCLDevice, .noBackendWorks: .deviceUnavailable
    case .noDownloads: .networkUnavailable
    case .noClassifier, .labelCount: .invalidData
    case .unsuitableInput, .notOneImage, .notFinite: .image
    case .demoModelMissing: .unexpected
    }
  }

  public var description: String {
    switch self {
    case .modelNotFound(let name):
      "there is no model '\(name)': no folder or file has this name. Give a model's folder, its"
        + " weights file, a hub id such as google/bit-50, 'demo', or 'random:R50x1'"
    case .modelNotDownloaded(let id):
      "the model '\(id)' is no folder, and it is not complete in the hub's cache on this machine."
        + " \(Self.downloadAdvice(id)), or bring the cache from elsewhere and name it with"
        + " HF_HUB_CACHE"
    case .noDownloads(let id):
      "this program was built without downloads, which the package trait 'Hub' brings. Build it with"
        + " 'swift build -c release', without --disable-default-traits; or download with Hugging"
        + " Face's 'hf download \(id)': what is in its cache is read"
    case .unknownRandomModel(let name):
      "there is no model '\(name)'. The form is random:MEMBER or random:MEMBER@SIZE, where MEMBER is"
        + " one of \(RandomModel.Member.allCases.map(\.rawValue).joined(separator: ", ")) and SIZE"
        + " is 32 to 4096 pixels"
    case .demoModelMissing:
      "this program was built without the demo model. Give a model with -m"
    case .noSuchDevice(let word, let available, let hint):
      "no device is called '\(word)'\(hint.map { " (\($0))" } ?? "")."
        + " There are: \(available.joined(separator: "; "))"
    case .noOpenCLDevice(let kind, let reason):
      "\(reason ?? "no OpenCL \(kind): the platforms have other devices only")."
        + " Run 'bitcl devices' to see what is missing, or use the device 'cpu'"
    case .noBackendWorks(let failures):
      "no device could run the model: \(failures.joined(separator: "; "))"
        + (failures.contains { $0.hasPrefix("cpu ") } ? "" : ". Try the device 'cpu'")
    case .noClassifier(let model):
      "\(model) has no classifier, so it gives features but no labels. Use 'bitcl run' for its"
        + " outputs, or a fine-tuned model for labels"
    case .labelCount(let expected, let found, let source):
      "\(source) holds \(found) labels, the model's classifier has \(expected) outputs. Give as many"
        + " labels, in the order of the outputs"
    case .unsuitableInput(let reason): reason
    case .notOneImage(let shape):
      "a tensor of one image was expected, \(shape) (batch, height, width, channels) was given"
    case .notFinite(let device):
      "the model's result is not finite, computed on \(device)"
        + (["cpu", "reference"].contains(device) ? "" : " and looked at by the device 'cpu'")
        + ": the input or the model is at fault. -d reference computes it in double precision"
    }
  }

  private static func downloadAdvice(_ id: String) -> String {
    #if Hub
      "Run 'bitcl pull \(id)'"
    #else
      "This program was built without downloads (package trait 'Hub'): run Hugging Face's"
        + " 'hf download \(id.split(separator: "@").first ?? "")'"
    #endif
  }
}
