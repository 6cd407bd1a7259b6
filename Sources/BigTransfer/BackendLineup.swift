import OpenCLBackend

/// What may serve a selection, best first.
package struct BackendLineup: Sendable {
  /// Never empty.
  let candidates: [BackendCandidate]
  /// Why what was asked for is not among them, if it is not.
  let absence: ClassifierError?

  package init(_ candidates: [BackendCandidate], absence: ClassifierError? = nil) {
    self.candidates = candidates
    self.absence = absence
  }

  /// What a selection asks for and nothing else.
  /// - Parameters:
  ///   - judge: For the kernels of OpenCL devices.
  ///   - inventory: Asked only where OpenCL matters.
  /// - Throws: `ClassifierError.noSuchDevice`, `.noOpenCLDevice`.
  static func strict(
    _ selection: DeviceSelection, judge: (any KernelSetJudge)? = nil,
    inventory: () -> DeviceInventory = DeviceInventory.current
  ) throws(ClassifierError) -> BackendLineup {
    switch selection {
    case .reference: return BackendLineup([.reference])
    case .cpu: return BackendLineup([.cpu(reason: "built in, without OpenCL")])
    case .automatic:
      return BackendLineup(Array(automatic(inventory(), judge).prefix(1)))
    case .openCL, .gpu, .index, .named:
      let inventory = inventory()
      return BackendLineup([try asked(selection, inventory, judge)[0]])
    }
  }

  /// What a selection asks for, then every other device, and at the end the built-in CPU backend.
  static func complete(
    _ selection: DeviceSelection, judge: (any KernelSetJudge)? = nil,
    inventory: () -> DeviceInventory = DeviceInventory.current
  ) -> BackendLineup {
    switch selection {
    case .reference: return BackendLineup([.reference])
    case .cpu: return BackendLineup([.cpu(reason: "built in, without OpenCL")])
    case .automatic: return BackendLineup(automatic(inventory(), judge))
    case .openCL, .gpu, .index, .named:
      let inventory = inventory()
      let others = automatic(inventory, judge)
      do throws(ClassifierError) {
        let first = try asked(selection, inventory, judge)
        let names = Set(first.map(\.name))
        return BackendLineup(first + others.filter { !names.contains($0.name) })
      } catch {
        return BackendLineup(others, absence: error)
      }
    }
  }

  /// Never empty: the CPU comes last.
  static func automatic(
    _ inventory: DeviceInventory, _ judge: (any KernelSetJudge)? = nil
  ) -> [BackendCandidate] {
    let reason = inventory.reasonForNone ?? "no OpenCL device works"
    return ranked(inventory.ranked, judge) + [.cpu(reason: "built in; \(reason)")]
  }

  /// The devices that a selection means, best first; at least one.
  private static func asked(
    _ selection: DeviceSelection, _ inventory: DeviceInventory, _ judge: (any KernelSetJudge)?
  ) throws(ClassifierError) -> [BackendCandidate] {
    switch selection {
    case .gpu:
      let gpus = inventory.ranked.filter { $0.kind == .gpu }
      guard !gpus.isEmpty else {
        throw .noOpenCLDevice(kind: "GPU", reason: inventory.reasonForNone)
      }
      return ranked(gpus, judge)
    case .index(let platform, let device):
      return [try named("\(platform):\(device)", in: inventory, judge) { $0.id == $1 }]
    case .named(let text):
      return [try named(text, in: inventory, judge) { $0.matches($1) }]
    case .openCL, .automatic, .cpu, .reference:
      guard inventory.reasonForNone == nil else {
        throw .noOpenCLDevice(kind: "device", reason: inventory.reasonForNone)
      }
      return ranked(inventory.ranked, judge)
    }
  }

  private static func ranked(
    _ devices: [Device], _ judge: (any KernelSetJudge)?
  ) -> [BackendCandidate] {
    devices.enumerated().map { place, device in
      let rank =
        devices.count == 1
        ? "the only one"
        : place == 0 ? "the best of \(devices.count)" : "number \(place + 1) of \(devices.count)"
      return .openCL(device, reason: "\(device.scoreReason); \(rank)", judge: judge)
    }
  }

  private static func named(
    _ word: String, in inventory: DeviceInventory, _ judge: (any KernelSetJudge)?,
    _ matches: (Device, String) -> Bool
  ) throws(ClassifierError) -> BackendCandidate {
    guard let device = inventory.ranked.first(where: { matches($0, word) }) else {
      let devices = inventory.devices.map(\.description)
      throw .noSuchDevice(
        word: word, available: devices + ["cpu", "reference"],
        hint: inventory.reasonForNone)
    }
    return .openCL(device, reason: device.scoreReason, judge: judge)
  }
}
