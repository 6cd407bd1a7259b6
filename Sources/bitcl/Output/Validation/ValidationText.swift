import BigTransfer

/// A validation as text for a terminal.
struct ValidationText {
  let report: ValidationReport
  /// Every layer's row, not only those that are wrong.
  let showsLayers: Bool
  let showsTolerances: Bool

  var text: String {
    var parts = [header, overview]
    if !report.devices.isEmpty { parts.append(matrix) }
    parts += report.devices.filter { !$0.passed && !report.isCutShort($0) }.map(failure)
    if showsLayers { parts += report.devices.flatMap(layerTables) }
    if !report.agreements.isEmpty || report.devices.contains(where: { $0.oracleAgreement != nil }) {
      parts.append(agreements)
    }
    parts += [passedOver, notRun, unusable, tolerances].compactMap { $0 }
    parts.append(verdict + "\n")
    return parts.joined(separator: "\n")
  }

  private var header: String {
    let conditions = report.conditions
    let images = conditions.images.isEmpty ? "" : ", \(conditions.images.count) images"
    return "\(conditions.program): \(conditions.model)\(images), \(conditions.repeats) runs, seed"
      + " \(conditions.seed)\n"
  }

  private var overview: String {
    let header = ["device", "", "checks", "worst error", "same bits", "top-1", "top-5", "time"]
    let rows = report.devices.map { device -> [String] in
      let results = device.report.results
      let agreement = device.oracleAgreement
      return [
        Text.printable(Text.elided(device.label, to: 48)),
        device.passed ? "ok" : report.isCutShort(device) ? "cut short" : "FAIL",
        "\(results.count { $0.passed }) of \(results.count)",
        device.worst.map { Text.shareOfLimit($0.tensor.fractionOfAllowed) } ?? "-",
        device.isRepeatable.map { $0 ? "yes" : "NO" } ?? "-",
        agreement.map { "\($0.sameTop1) of \($0.images)" } ?? "-",
        agreement.map { "\($0.sameTop5) of \($0.images)" } ?? "-",
        Text.fixed(device.seconds, decimals: 1) + " s",
      ]
    }
    return Text.table([header] + rows, rightAligned: [2, 3, 5, 6, 7])
  }

  private var matrix: String {
    let rows = ValidationMatrix(report.devices).rows.map { row in
      ["\(row.kind.title)", row.group] + row.cells.map(\.text)
    }
    let columns = report.devices.map { Text.printable(Text.elided($0.label, to: 24)) }
    return "Largest error as a part of its limit\n"
      + Text.table(
        [["", ""] + columns] + rows,
        rightAligned: Set(report.devices.indices.map { $0 + 2 }))
  }

  private func failure(_ device: ValidationReport.DeviceEntry) -> String {
    var text = "\(Text.printable(device.label)) fails\n"
    if let interruption = device.interruption {
      text += "  its process \(Text.printable(interruption))\n"
    }
    if let fault = device.wrongKernels { text += "  \(fault.summary)\n" }
    if let fault = device.firstWrongLayer {
      text +=
        "  first wrong layer: \(fault.layer)"
        + (fault.kernel.map { ", written by \($0)" } ?? "") + "\n  \(fault.summary)\n"
    }
    for result in device.report.failures.prefix(Self.failureLimit) {
      text += "  \(result.check)\(result.error.map { ": \(Text.printable($0))" } ?? "")\n"
      let failed = result.tensors.filter { !$0.passed }
      guard !failed.isEmpty else { continue }
      text += Self.indented(
        Self.table(Array(failed.prefix(Self.tensorLimit))), by: 4)
      if failed.count > Self.tensorLimit {
        text += "    and \(failed.count - Self.tensorLimit) tensors more\n"
      }
    }
    if device.report.failures.count > Self.failureLimit {
      text += "  and \(device.report.failures.count - Self.failureLimit) checks more\n"
    }
    if let advice = device.advice { text += "  To mend it: \(advice)\n" }
    let lines = device.output.split(separator: "\n").suffix(Self.outputLimit)
    if !lines.isEmpty {
      text +=
        "  The last lines that its driver printed:\n"
        + Self.indented(lines.joined(separator: "\n") + "\n", by: 4)
    }
    return text
  }

  private static let failureLimit = 10
  private static let tensorLimit = 5
  private static let outputLimit = 10

  private func layerTables(_ device: ValidationReport.DeviceEntry) -> [String] {
    device.report.results.filter { $0.check.kind == .layers }.map { result in
      "\(Text.printable(device.label)), \(result.check)\n" + Self.table(result.tensors)
    }
  }

  private static func table(_ tensors: [TensorResult]) -> String {
    let header = [
      "tensor", "allowed", "max abs", "max rel", "units", "cosine", "", "where", "limit", "kernel",
    ]
    let rows = tensors.map { tensor in
      [
        tensor.name, Text.scientific(tensor.allowed), Text.scientific(tensor.maxAbsolute),
        Text.scientific(tensor.maxRelative), Text.fixed(tensor.units, decimals: 2),
        tensor.cosineText, tensor.passed ? "ok" : "FAIL", tensor.place, tensor.tolerance,
        tensor.kernel ?? "",
      ]
    }
    return Text.table([header] + rows, rightAligned: [1, 2, 3, 4, 5])
  }

  private static func indented(_ text: String, by count: Int) -> String {
    let blanks = String(repeating: " ", count: count)
    return text.split(separator: "\n").map { "\(blanks)\($0)\n" }.joined()
  }

  private var agreements: String {
    func row(_ name: String, _ agreement: Agreement) -> [String] {
      [
        Text.printable(name), "\(agreement.sameTop1) of \(agreement.images)",
        "\(agreement.sameTop5) of \(agreement.images)", Text.scientific(agreement.maxRelative),
      ]
    }
    let header = ["the same answers", "top-1", "top-5", "max rel"]
    let withOracle = report.devices.compactMap { device in
      device.oracleAgreement.map { row("\(device.label) and the oracle", $0) }
    }
    let pairs = report.agreements.map { row("\($0.first) and \($0.second)", $0.agreement) }
    return Text.table([header] + withOracle + pairs, rightAligned: [1, 2, 3])
  }

  /// Kernels that were not examined, since the device does without them.
  private var passedOver: String? {
    let lines = report.devices.flatMap { device in
      device.report.device.passedOver.filter { !$0.isFault }.map { kernels in
        Text.printable("\(device.label): not examined, the \(kernels.kernels) kernels: ")
          + Text.printable(kernels.reason) + ". BITCL_KERNEL_SET=\(kernels.kernels) examines them\n"
      }
    }
    return lines.isEmpty ? nil : lines.joined()
  }

  /// Checks that were left out, by reason.
  private var notRun: String? {
    var lines: [String] = []
    for device in report.devices {
      let reasons = Dictionary(grouping: device.report.notRun, by: \.reason)
      for (reason, omissions) in reasons.sorted(by: { $0.key < $1.key }) {
        let checks = omissions.count == 1 ? "\(omissions[0].check)" : "\(omissions.count) checks"
        lines.append("\(Text.printable(device.label)): not run, \(checks): \(reason)\n")
      }
    }
    return lines.isEmpty ? nil : lines.joined()
  }

  private var unusable: String? {
    guard !report.unusable.isEmpty else { return nil }
    return report.unusable.map { device in
      Text.printable("\(device.id) \(device.name ?? "") cannot be used: \(device.reason)") + "\n"
    }.joined()
  }

  private var tolerances: String? {
    let uses = showsTolerances ? report.tolerances : report.wideTolerances
    guard !uses.isEmpty else { return nil }
    let rows = uses.map { use in
      [
        use.tolerance, "\(use.tensors)", Text.share(use.largestFraction),
        use.isWide ? "wide" : "", "\(use.check), \(use.tensor)",
      ]
    }
    let title =
      showsTolerances
      ? "Limits and how much of them was needed"
      : "Limits that are far wider than any error measured: they prove little"
    return title + "\n"
      + Text.table(
        [["limit", "tensors", "largest", "", "where"]] + rows, rightAligned: [1, 2])
  }

  private var verdict: String {
    if report.interrupted { return "Interrupted: this is what was found until then" }
    let failed = report.devices.filter { !$0.passed }
    guard !failed.isEmpty else {
      return report.devices.count == 1
        ? "The device passes" : "All \(report.devices.count) devices pass"
    }
    return "\(failed.count) of \(report.devices.count) devices fail"
  }
}

extension TensorResult {
  /// Where the largest error is, or which shapes differ.
  var place: String {
    if let foundShape { return "shape \(foundShape), expected \(shape)" }
    guard let worst else { return "" }
    return "image \(worst.image), row \(worst.row), column \(worst.column), channel"
      + " \(worst.channel)"
  }

  /// `1 − 3.2e-13`: what matters is the distance from 1.
  var cosineText: String {
    guard cosine.isFinite else { return "nan" }
    if cosine >= 1 { return "1" }
    return cosine > 0.99 ? "1 − \(Text.scientific(1 - cosine))" : Text.fixed(cosine, decimals: 4)
  }
}
