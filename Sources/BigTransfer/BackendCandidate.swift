import BiTModel
import CPUBackend
import ReferenceBackend

/// A backend that may run a model, and why it was thought of.
struct BackendCandidate: Sendable {
  /// As the backend calls itself.
  let name: String
  /// Why it comes at this place, for a line that says what was chosen.
  let reason: String
  let makeBackend: @Sendable () throws -> any Backend

  static let reference = BackendCandidate(name: "reference", reason: "the oracle, in Double") {
    ReferenceBackend()
  }

  static let cpu = BackendCandidate(name: "cpu", reason: "built in, without OpenCL") {
    CPUBackend()
  }

  /// What may serve a selection, best first.
  /// - Throws: `ClassifierError.noSuchDevice`, `.noOpenCLDevice`.
  static func candidates(for selection: DeviceSelection) throws -> [BackendCandidate] {
    switch selection {
    case .reference: return [reference]
    case .automatic, .cpu: return [cpu]
    case .gpu, .openCL:
      throw ClassifierError.noOpenCLDevice(word: "\(selection)", reason: "none")
    case .index, .named:
      throw ClassifierError.noSuchDevice(word: "\(selection)", available: ["cpu", "reference"])
    }
  }
}
