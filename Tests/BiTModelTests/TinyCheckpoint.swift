import BiTModel
import FoundationEssentials
import TestSupport

/// A sound model folder of a few kilobytes, to be damaged one way at a time.
struct TinyCheckpoint {
  var configuration: [String: String] = [
    "model_type": #""bit""#, "architectures": #"["BitForImageClassification"]"#,
    "embedding_size": "8", "hidden_sizes": "[32]", "depths": "[1]", "num_groups": "4",
    "id2label": #"{"0": "cat", "1": "dog"}"#,
  ]

  /// The stored tensors, `bit.` before all but the classifier's.
  var tensors: [SafetensorsWriter.Entry]

  init() throws {
    let model = ModelConfiguration.tiny
    tensors = try model.makeNetwork().parameters.map { parameter in
      let path = parameter.name.path
      return SafetensorsWriter.Entry(
        name: path.hasPrefix("classifier.") ? path : "bit." + path, shape: parameter.shape,
        elements: RandomWeights().values(of: parameter))
    }
  }

  var json: String {
    "{" + configuration.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
  }

  func write(to folder: URL) throws {
    try Data(json.utf8).write(to: folder.appending(path: "config.json"))
    try SafetensorsWriter.write(
      tensors, to: folder.appending(path: "model.safetensors").path)
  }

  /// Opens the checkpoint from a folder.
  func open() throws -> Model {
    try withTemporaryDirectory { folder in
      try write(to: folder)
      return try ModelFiles.open(path: folder.path)
    }
  }

  /// Opens the checkpoint and reads all its weights, as a backend does.
  func load() throws {
    try withTemporaryDirectory { folder in
      try write(to: folder)
      let model = try ModelFiles.open(path: folder.path)
      for parameter in model.network.parameters {
        _ = try model.weights.values(of: parameter)
      }
    }
  }
}

extension ModelConfiguration {
  /// What `TinyCheckpoint` describes.
  static var tiny: ModelConfiguration {
    var configuration = ModelConfiguration()
    configuration.embeddingSize = 8
    configuration.hiddenSizes = [32]
    configuration.depths = [1]
    configuration.groups = 4
    configuration.labels = ["cat", "dog"]
    return configuration
  }
}
