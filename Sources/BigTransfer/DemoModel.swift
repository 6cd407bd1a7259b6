import BiTModel
import CEmbeddedData

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The handwritten-digits classifier that is part of the program.
enum DemoModel {
  /// - Throws: `ClassifierError.demoModelMissing`; what reading a checkpoint throws.
  static func open() throws -> Model {
    try HuggingFaceFolder.model(
      name: "demo",
      reader: try SafetensorsFile(
        contents: try file("model.safetensors"), name: "demo model.safetensors"),
      configuration: try file("config.json"), configurationFile: "demo config.json",
      preprocessorConfiguration: try file("preprocessor_config.json"))
  }

  private static func file(_ name: String) throws(ClassifierError) -> Data {
    var length = 0
    guard let bytes = bitcl_embedded_file("DemoModel/\(name)", &length) else {
      throw .demoModelMissing
    }
    // The bytes are constants of the program; Data promises not to write to them.
    return Data(
      bytesNoCopy: UnsafeMutableRawPointer(mutating: bytes), count: length, deallocator: .none)
  }
}
