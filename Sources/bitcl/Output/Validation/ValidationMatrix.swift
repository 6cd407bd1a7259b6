import BigTransfer

/// What was checked, by operation and device: the overview of a validation.
struct ValidationMatrix {
  /// The checks of one kind and group on one device.
  struct Cell {
    var checks = 0
    var failed = 0
    var notRun = 0
    /// Tensors that were compared.
    var compared = 0
    /// The device's process ended in one of them.
    var isUnfinished = false
    /// The largest part of a limit that an error uses; infinite where a result is no number.
    var worst = 0.0
    /// The tensor that `worst` is of.
    var place = ""

    var state: State {
      if failed > 0 { return .failed }
      if isUnfinished { return .unfinished }
      return checks > 0 ? .passed : notRun > 0 ? .notRun : .empty
    }

    /// For example `31 %`.
    var text: String {
      switch state {
      case .passed: compared == 0 ? "ok" : worst == 0 ? "exact" : Text.share(worst)
      case .failed: failed == checks ? "FAIL" : "FAIL \(failed) of \(checks)"
      case .unfinished: "DIED"
      case .notRun: "not run"
      case .empty: "-"
      }
    }

    /// What `text` does not say.
    var details: String {
      let error = state == .failed && worst > 1 ? [Text.shareOfLimit(worst)] : []
      let count = checks > 0 ? ["\(checks) \(checks == 1 ? "check" : "checks")"] : []
      return (error + count + (notRun > 0 ? ["\(notRun) not run"] : [])).joined(separator: ", ")
    }
  }

  enum State: String { case passed, failed, unfinished, notRun, empty }

  struct Row {
    let kind: Check.Kind
    let group: String
    /// One a device, in the devices' order.
    let cells: [Cell]
  }

  let rows: [Row]

  init(_ devices: [ValidationReport.DeviceEntry]) {
    struct Key: Hashable {
      let kind: Check.Kind
      let group: String
    }
    var order: [Key] = []
    var cells: [Key: [Cell]] = [:]
    func change(_ check: Check, _ place: Int, _ body: (inout Cell) -> Void) {
      let key = Key(kind: check.kind, group: check.group)
      if cells[key] == nil { order.append(key) }
      body(&cells[key, default: Array(repeating: Cell(), count: devices.count)][place])
    }
    for (place, device) in devices.enumerated() {
      for result in device.report.results { change(result.check, place) { $0.add(result) } }
      for omission in device.report.notRun { change(omission.check, place) { $0.notRun += 1 } }
      if let check = device.report.running { change(check, place) { $0.isUnfinished = true } }
    }
    rows = order.enumerated()
      .sorted { ($0.element.kind.place, $0.offset) < ($1.element.kind.place, $1.offset) }
      .map { Row(kind: $0.element.kind, group: $0.element.group, cells: cells[$0.element] ?? []) }
  }
}

extension ValidationMatrix.Cell {
  fileprivate mutating func add(_ result: CheckResult) {
    checks += 1
    compared += result.tensors.count
    if !result.passed { failed += 1 }
    guard let tensor = result.worstTensor, tensor.fractionOfAllowed >= worst else { return }
    worst = tensor.fractionOfAllowed
    place = "\(result.check.name), \(tensor.name)"
  }
}

extension Check.Kind {
  /// The order of a report.
  fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// For the title of a row.
  var title: String {
    switch self {
    case .preparation: "preparation"
    case .operation: "operation"
    case .layers: "layer by layer"
    case .network: "network"
    case .repeatability: "repeatability"
    case .images: "images"
    }
  }
}
