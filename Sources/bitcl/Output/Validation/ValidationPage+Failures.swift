import BigTransfer

extension ValidationPage {
  private static let failureLimit = 40
  private static let tensorLimit = 30

  func writeFailures(_ html: inout Markup) {
    let failed = report.devices.filter { !$0.passed }
    guard !failed.isEmpty else { return }
    html.element("h2", "What fails")
    for device in failed {
      html.element("div", ["class": "card bad"]) { html in
        html.element("h3", device.label)
        if let interruption = device.interruption {
          html.element("p", "Its process \(interruption).")
        }
        if let fault = device.wrongKernels { html.element("p", "\(fault.summary).") }
        if let fault = device.firstWrongLayer { writeFault(fault, &html) }
        if let advice = device.advice { html.element("p", "To mend it: \(advice).") }
        writeOutput(device, &html)
        writeFailures(of: device.report, &html)
      }
    }
  }

  /// Operations that fail share a table for their family; anything larger has its own.
  private func writeFailures(of report: DeviceReport, _ html: inout Markup) {
    let failures = report.failures.prefix(Self.failureLimit)
    var groups: [(title: String, results: [CheckResult])] = []
    for result in failures {
      let isOperation = result.check.kind == .operation
      let title = isOperation ? "operation \(result.check.group)" : "\(result.check)"
      if groups.last?.title == title {
        groups[groups.count - 1].results.append(result)
      } else {
        groups.append((title, [result]))
      }
    }
    for (title, results) in groups {
      html.element("h3", title)
      for case (let check, let error?) in results.map({ ($0.check, $0.error) }) {
        html.element("pre", results.count > 1 ? "\(check.name): \(error)" : error)
      }
      let rows = results.flatMap { result in
        result.tensors.filter { !$0.passed }.map { TensorRow(check: result.check, tensor: $0) }
      }
      writeTensors(Array(rows.prefix(Self.tensorLimit)), &html)
      let more = rows.count - Self.tensorLimit
      if more > 0 { html.element("p", "\(more) tensors more are wrong.") }
    }
    let more = report.failures.count - Self.failureLimit
    if more > 0 { html.element("p", "\(more) checks more fail.") }
  }

  private func writeFault(_ fault: CheckResult.Fault, _ html: inout Markup) {
    html.element("p") { html in
      html.element("strong", "First wrong layer: \(fault.layer)")
      html.write(". \(fault.summary)")
    }
    html.facts([("right until", fault.after), ("written by", fault.kernel)])
  }

  private func writeOutput(_ device: ValidationReport.DeviceEntry, _ html: inout Markup) {
    guard !device.output.isEmpty else { return }
    html.element("p", ["class": "soft"], "What its driver printed last:")
    html.element("pre", device.output)
  }

  /// A tensor, and the check that it belongs to where that is not said elsewhere.
  struct TensorRow {
    var check: Check?
    let tensor: TensorResult
  }

  func writeTensors(_ rows: [TensorRow], _ html: inout Markup) {
    guard !rows.isEmpty else { return }
    let header = [
      "tensor", "max abs", "allowed", "of the limit", "max rel", "in roundings", "cosine",
      "[n, y, x, c]", "expected", "found",
    ]
    html.element("div", ["class": "scroll"]) { html in
      html.element("table", ["class": "tensors"]) { html in
        html.element("thead") { html in
          html.element("tr") { html in
            for title in header { html.element("th", title) }
          }
        }
        html.element("tbody") { html in
          for row in rows { writeRow(row, &html) }
        }
      }
    }
  }

  private func writeRow(_ row: TensorRow, _ html: inout Markup) {
    let tensor = row.tensor
    html.element("tr", ["class": tensor.passed ? "" : "bad"]) { html in
      html.element("td") { html in
        html.write((tensor.passed ? "" : "✗ ") + tensor.name)
        if let check = row.check, check.kind == .operation { html.element("small", check.name) }
        if let kernel = tensor.kernel { html.element("small", kernel) }
        html.element("small", "limit: \(tensor.tolerance)")
      }
      for cell in Self.cells(tensor) { html.element("td", cell) }
    }
  }

  private static func cells(_ tensor: TensorResult) -> [String] {
    let numbers = [
      Text.scientific(tensor.maxAbsolute), Text.scientific(tensor.allowed),
      Text.share(tensor.fractionOfAllowed), Text.scientific(tensor.maxRelative),
      Text.fixed(tensor.units, decimals: 2), tensor.cosineText,
    ]
    guard let worst = tensor.worst else {
      let shapes = tensor.foundShape.map { "shape \($0), expected \(tensor.shape)" }
      return numbers + [shapes ?? "", "", ""]
    }
    return numbers + [
      "[\(worst.image), \(worst.row), \(worst.column), \(worst.channel)]",
      Text.scientific(worst.expected), Text.scientific(worst.found),
    ]
  }
}
