import BigTransfer

extension ValidationPage {
  func writeAgreements(_ html: inout Markup) {
    func row(_ name: String, _ agreement: Agreement) -> [String] {
      [
        name, "\(agreement.sameTop1) of \(agreement.images)",
        "\(agreement.sameTop5) of \(agreement.images)", Text.scientific(agreement.maxAbsolute),
        Text.scientific(agreement.maxRelative),
      ]
    }
    let rows =
      report.devices.compactMap { device in
        device.oracleAgreement.map { row("\(device.label) and the oracle", $0) }
      } + report.agreements.map { row("\($0.first) and \($0.second)", $0.agreement) }
    guard !rows.isEmpty else { return }
    html.element("h2", "Agreement on the images")
    html.table(
      header: [
        "pair", "the same top-1", "the same top-5", "largest difference of logits",
        "as a part of the largest",
      ], rows: rows, numeric: [1, 2, 3, 4])
  }

  func writeTolerances(_ html: inout Markup) {
    guard !report.tolerances.isEmpty else { return }
    html.element("h2", "Limits")
    let wide = report.wideTolerances
    html.element(
      "p", ["class": "soft"],
      wide.isEmpty
        ? "How much of each limit was needed, over all devices. None is far wider than the errors."
        : "How much of each limit was needed, over all devices. \(wide.count) of"
          + " \(report.tolerances.count) are far wider than any error measured, and prove little.")
    html.element("details", wide.isEmpty ? [:] : ["open": "open"]) { html in
      html.element("summary", "\(report.tolerances.count) limits")
      html.table(
        header: ["limit", "tensors", "largest error", "", "where"],
        rows: (wide + report.tolerances.filter { !$0.isWide }).map { use in
          [
            use.tolerance, "\(use.tensors)", Text.share(use.largestFraction),
            use.isWide ? "wide" : "", "\(use.check), \(use.tensor)",
          ]
        }, numeric: [1, 2])
    }
  }

  func writeDevices(_ html: inout Markup) {
    html.element("h2", "What the drivers say")
    for device in report.devices {
      let facts = device.report.device
      html.element("div", ["class": "card"]) { html in
        html.element("h3", device.label)
        html.facts([
          ("type", facts.kind), ("maker", facts.vendor),
          ("platform", [facts.platform, facts.platformVersion].joinedText),
          ("OpenCL", [facts.version, facts.languageVersion].joinedText),
          ("driver", facts.driverVersion), ("library", facts.driverLibrary),
          ("limits", facts.limits.map(Self.text)), ("kernels", facts.kernels),
          (
            "passed over",
            facts.passedOver.map { "\($0.kernels): \($0.reason)" }.joined(separator: "; ")
          ),
          ("known faults", facts.quirks.joined(separator: ", ")),
          ("self-check", facts.selfCheck),
        ])
        writeOmissions(device.report.notRun, &html)
        if device.passed, !device.output.isEmpty {
          html.element("details") { html in
            html.element("summary", "what it printed")
            html.element("pre", device.output)
          }
        }
      }
    }
  }

  private func writeOmissions(_ omissions: [DeviceReport.Omission], _ html: inout Markup) {
    guard !omissions.isEmpty else { return }
    html.element("details") { html in
      html.element("summary", "\(omissions.count) checks were not run")
      html.table(
        header: ["check", "because"], rows: omissions.map { ["\($0.check)", $0.reason] })
    }
  }

  private static func text(_ limits: DeviceFacts.Limits) -> String {
    "\(limits.computeUnits) compute units at \(limits.clockMHz) MHz,"
      + " memory \(Text.bytes(limits.globalMemory))\(limits.hasUnifiedMemory ? " (the host's)" : ""),"
      + " largest buffer \(Text.bytes(limits.largestAllocation)),"
      + " local memory \(Text.bytes(limits.localMemory)),"
      + " work-groups of up to \(limits.maxWorkGroupSize),"
      + " vectors of \(limits.nativeFloatVectorWidth) floats"
  }

  func writeConditions(_ html: inout Markup) {
    let (conditions, host) = (report.conditions, report.conditions.host)
    html.element("h2", "To repeat it")
    html.element("pre", Shell.line(conditions.environment, conditions.command))
    html.facts([
      ("program", conditions.program), ("system", host.system), ("kernel", host.kernel),
      ("processor", "\(host.processor), \(host.logicalProcessors) logical processors"),
      ("memory", Text.bytes(host.memory)), ("OpenCL loader", conditions.loader),
      ("model", conditions.model),
      ("images", conditions.images.joined(separator: ", ")), ("runs", "\(conditions.repeats)"),
      ("seed", "\(conditions.seed)"),
      ("time limit", "\(Text.fixed(conditions.secondsAllowed, decimals: 0)) s a device"),
    ])
    guard !conditions.environment.isEmpty else {
      html.element("p", ["class": "soft"], "No variable that OpenCL looks at was set.")
      return
    }
    html.element("h3", "Environment")
    html.facts(conditions.environment.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
  }
}

extension [String?] {
  /// Those that are there, with commas between them; `nil` if none is.
  fileprivate var joinedText: String? {
    let present = compactMap { $0 }
    return present.isEmpty ? nil : present.joined(separator: ", ")
  }
}
