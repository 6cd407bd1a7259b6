import BigTransfer

/// A validation as one page of HTML that needs nothing but itself: no script, no other file.
struct ValidationPage {
  let report: ValidationReport

  var html: String {
    var html = Markup()
    html.verbatim("<!DOCTYPE html>\n")
    html.element("html", ["xmlns": "http://www.w3.org/1999/xhtml", "lang": "en"]) { html in
      html.element("head") { html in
        html.element("meta", ["charset": "utf-8"])
        html.element(
          "meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"])
        html.element("title", "\(title) – \(verdict)")
        html.element("style") { $0.verbatim(PageStyle.css) }
      }
      html.element("body") { html in
        writeHead(&html)
        writeOverview(&html)
        writeMatrix(&html)
        writeFailures(&html)
        writePlots(&html)
        writeAgreements(&html)
        writeTolerances(&html)
        writeDevices(&html)
        writeConditions(&html)
      }
    }
    return html.text + "\n"
  }

  private var title: String { "bitcl validation of \(report.conditions.model)" }

  private var verdict: String {
    if report.interrupted { return "interrupted" }
    let failed = report.devices.count { !$0.passed }
    return failed == 0
      ? "all \(report.devices.count) devices pass"
      : "\(failed) of \(report.devices.count) devices fail"
  }

  private func writeHead(_ html: inout Markup) {
    let conditions = report.conditions
    html.element("h1", title)
    html.element("p") { html in
      html.element("span", ["class": report.passed ? "badge good" : "badge bad"], verdict)
    }
    html.element(
      "p", ["class": "soft"],
      "\(conditions.started), \(Text.fixed(report.seconds, decimals: 1)) s, \(conditions.program) on"
        + " \(conditions.host.processor), \(conditions.host.system)")
    html.element(
      "p",
      """
      Every operation, every layer and whole networks were computed on each device and beside it by \
      the oracle, plain loops in double precision. An error is judged by what rounding allows for \
      the length of the sums behind it; 100 % is all that is allowed.
      """)
  }

  private func writeOverview(_ html: inout Markup) {
    html.element("h2", "Devices")
    let header = [
      "device", "", "checks", "worst error, of its limit", "in roundings", "first wrong layer",
      "same bits again", "top-1", "top-5", "time",
    ]
    let rows = report.devices.map { device -> [String] in
      let results = device.report.results
      let agreement = device.oracleAgreement
      return [
        device.label, device.passed ? "✓ passes" : "✗ fails",
        "\(results.count { $0.passed }) of \(results.count)",
        device.worst.map { Text.share($0.tensor.fractionOfAllowed) } ?? "–",
        device.worst.map { Text.fixed($0.tensor.units, decimals: 2) } ?? "–",
        device.firstWrongLayer?.layer ?? "–",
        device.isRepeatable.map { $0 ? "✓ yes" : "✗ no" } ?? "–",
        agreement.map { "\($0.sameTop1) of \($0.images)" } ?? "–",
        agreement.map { "\($0.sameTop5) of \($0.images)" } ?? "–",
        Text.fixed(device.seconds, decimals: 1) + " s",
      ]
    }
    html.table(
      header: header, rows: rows, numeric: [2, 3, 4, 7, 8, 9],
      classes: report.devices.map { $0.passed ? "" : "bad" }, style: "overview")
    for device in report.unusable {
      html.element("p", "\(device.id) \(device.name ?? "") cannot be used: \(device.reason).")
    }
  }

  private func writeMatrix(_ html: inout Markup) {
    let rows = ValidationMatrix(report.devices).rows
    guard !rows.isEmpty else { return }
    html.element("h2", "Devices and operations")
    html.element(
      "p", ["class": "soft"],
      "The largest error of each group of checks as a part of its limit, and the number of checks.")
    html.element("div", ["class": "scroll"]) { html in
      html.element("table", ["class": "matrix"]) { html in
        html.element("thead") { html in
          html.element("tr") { html in
            html.element("th", "")
            for device in report.devices {
              html.element("th", ["class": "device", "scope": "col"], device.label)
            }
          }
        }
        html.element("tbody") { html in
          for (place, row) in rows.enumerated() {
            let isFirst = place == 0 || rows[place - 1].kind != row.kind
            html.element("tr", ["class": isFirst ? "first" : ""]) { html in
              html.element("th", ["scope": "row"]) { html in
                html.write(row.group)
                html.element("small", ["class": "soft"], " \(row.kind.title)")
              }
              for cell in row.cells { writeCell(cell, &html) }
            }
          }
        }
      }
    }
    html.element("p", ["class": "legend soft"]) { html in
      for (style, words) in Self.matrixLegend {
        html.element("span") { html in
          html.element("i", ["class": "key", "style": "background: var(\(style))"]) { _ in }
          html.write(words)
        }
      }
    }
  }

  private static let matrixLegend = [
    ("--good-0", "below 10 %"), ("--good-1", "10 to 40 %"), ("--good-2", "40 to 75 %"),
    ("--good-3", "75 to 100 % of the limit"), ("--bad-ground", "fails"),
    ("--none-ground", "not run"),
  ]

  private func writeCell(_ cell: ValidationMatrix.Cell, _ html: inout Markup) {
    let shade = cell.worst < 0.1 ? 0 : cell.worst < 0.4 ? 1 : cell.worst < 0.75 ? 2 : 3
    let style = cell.state == .passed ? "passed\(shade)" : cell.state.rawValue
    let sign =
      switch cell.state {
      case .passed: "✓ "
      case .failed, .unfinished: "✗ "
      case .notRun, .empty: ""
      }
    html.element("td", ["class": style, "title": cell.place]) { html in
      html.write(sign + cell.text)
      html.element("small", cell.details)
    }
  }
}
