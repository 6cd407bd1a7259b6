import BigTransfer

extension ValidationPage {
  func writePlots(_ html: inout Markup) {
    let plotted = report.devices.map { device in
      (device, device.report.results.filter { $0.check.kind == .layers && !$0.tensors.isEmpty })
    }.filter { !$0.1.isEmpty }
    guard !plotted.isEmpty else { return }
    html.element("h2", "Error by layer")
    writePlotLegend(&html)
    for (device, results) in plotted {
      html.element("h3", device.label)
      // The small networks that are part of the program matter where they are wrong.
      let isShown = { (result: CheckResult) in
        result.check.group == report.conditions.model || !result.passed
      }
      for result in results where isShown(result) { writePlot(result, of: device, &html) }
      let others = results.filter { !isShown($0) }
      guard !others.isEmpty else { continue }
      html.element("details") { html in
        html.element("summary", "\(others.count) other networks, all within their limits")
        for result in others { writePlot(result, of: device, &html) }
      }
    }
  }

  private func writePlot(
    _ result: CheckResult, of device: ValidationReport.DeviceEntry, _ html: inout Markup
  ) {
    html.element("figure") { html in
      let check = result.check
      let name = check.name == check.group ? check.name : "\(check.group): \(check.name)"
      LayerPlot(result.tensors, title: "Error by layer of \(name) on \(device.label)")
        .draw(into: &html)
      html.element("figcaption") { html in
        html.element("strong", name)
        html.write(
          ", \(result.tensors.count) layers, "
            + (result.worstTensor.map {
              "at most \(Text.shareOfLimit($0.fractionOfAllowed)), in \($0.name)"
            } ?? ""))
        html.element("details") { html in
          html.element("summary", "the figures")
          writeTensors(result.tensors.map { TensorRow(tensor: $0) }, &html)
        }
      }
    }
  }

  private func writePlotLegend(_ html: inout Markup) {
    html.element(
      "p", ["class": "soft"],
      """
      Each layer reads what the device itself computed before it. Errors are parts of the layer's \
      largest magnitude, on a logarithmic scale; layers are numbered in the order of the network.
      """)
    html.element("p", ["class": "legend soft"]) { html in
      for (style, words) in [
        ("error", "the layer's own error"), ("limit", "its limit"),
        ("drift", "all errors since the pixels"), ("cross", "a layer beyond its limit"),
      ] {
        html.element("span") { html in
          html.element("svg", ["viewBox": "0 0 38 16", "aria-hidden": "true"]) { svg in
            svg.element(
              "path",
              ["class": style, "d": style == "cross" ? "M14 3L24 13M14 13L24 3" : "M1 8L37 8"])
            if style == "error" {
              svg.element("circle", ["class": "mark", "cx": "19", "cy": "8", "r": "4"])
            }
          }
          html.write(words)
        }
      }
      html.element("span") { html in
        html.element("svg", ["viewBox": "0 0 38 16", "aria-hidden": "true"]) { svg in
          svg.element("circle", ["class": "exact", "cx": "19", "cy": "8", "r": "4"])
        }
        html.write("no error at all")
      }
    }
  }
}
