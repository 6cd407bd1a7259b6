import BiTModel
import CPUBackend
import OpenCLBackend
import OpenCLRuntime
import ReferenceBackend

/// A backend that may run a model, and why it was thought of.
package struct BackendCandidate: Sendable {
  /// As the backend calls itself.
  let name: String
  /// Why it comes at this place, for a line that says what was chosen.
  let reason: String
  /// The OpenCL device behind it, if there is one.
  let device: Device?
  let makeBackend: @Sendable () throws -> any Backend

  package init(
    name: String, reason: String, device: Device? = nil,
    makeBackend: @escaping @Sendable () throws -> any Backend
  ) {
    self.name = name
    self.reason = reason
    self.device = device
    self.makeBackend = makeBackend
  }

  static let reference = BackendCandidate(name: "reference", reason: "the oracle, in Double") {
    ReferenceBackend()
  }

  static func cpu(reason: String) -> BackendCandidate {
    BackendCandidate(name: "cpu", reason: reason) { CPUBackend() }
  }

  private static func openCL(_ device: Device, reason: String) -> BackendCandidate {
    BackendCandidate(name: "\(device)", reason: reason, device: device) {
      OpenCLBackend(device: device.opencl)
    }
  }

  /// What may serve a selection, best first.
  /// - Parameter inventory: Asked only where OpenCL matters.
  /// - Throws: `ClassifierError.noSuchDevice`, `.noOpenCLDevice`.
  static func candidates(
    for selection: DeviceSelection, inventory: () -> DeviceInventory = DeviceInventory.current
  ) throws(ClassifierError) -> [BackendCandidate] {
    switch selection {
    case .reference: return [reference]
    case .cpu: return [cpu(reason: "built in, without OpenCL")]
    case .automatic: return automatic(inventory())
    case .openCL:
      let inventory = inventory()
      guard inventory.reasonForNone == nil else {
        throw .noOpenCLDevice(kind: "device", reason: inventory.reasonForNone)
      }
      return ranked(inventory.ranked)
    case .gpu:
      let inventory = inventory()
      let gpus = inventory.ranked.filter { $0.kind == .gpu }
      guard !gpus.isEmpty else {
        throw .noOpenCLDevice(kind: "GPU", reason: inventory.reasonForNone)
      }
      return ranked(gpus)
    case .index(let platform, let device):
      return [try named("\(platform):\(device)", in: inventory()) { $0.id == $1 }]
    case .named(let text):
      return [try named(text, in: inventory()) { $0.matches($1) }]
    }
  }

  /// Never empty: the CPU comes last.
  static func automatic(_ inventory: DeviceInventory) -> [BackendCandidate] {
    let reason = inventory.reasonForNone ?? "no OpenCL device works"
    return ranked(inventory.ranked) + [cpu(reason: "built in; \(reason)")]
  }

  private static func ranked(_ devices: [Device]) -> [BackendCandidate] {
    devices.enumerated().map { place, device in
      let rank =
        devices.count == 1
        ? "the only one"
        : place == 0 ? "the best of \(devices.count)" : "number \(place + 1) of \(devices.count)"
      return openCL(device, reason: "\(device.scoreReason); \(rank)")
    }
  }

  private static func named(
    _ word: String, in inventory: DeviceInventory, _ matches: (Device, String) -> Bool
  ) throws(ClassifierError) -> BackendCandidate {
    guard let device = inventory.ranked.first(where: { matches($0, word) }) else {
      let devices = inventory.devices.map(\.description)
      throw .noSuchDevice(
        word: word, available: devices + ["cpu", "reference"],
        hint: inventory.reasonForNone)
    }
    return openCL(device, reason: device.scoreReason)
  }
}

extension OpenCLError: ClassifiedFailure {
  public var failureKind: FailureKind { .deviceUnavailable }
}
