import BigTransfer

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The errors of a network's layers on one device, as a drawing: each layer's own error as a part of
/// its magnitude, its limit, and how far all errors since the pixels have added up.
struct LayerPlot {
  let tensors: [TensorResult]
  /// What the drawing shows, for readers who cannot see it.
  let title: String

  private static let width = 920.0
  private static let height = 260.0
  private static let margin = (left: 52.0, right: 12.0, top: 14.0, bottom: 30.0)

  /// Powers of ten at the lower and the upper edge.
  private let decades: ClosedRange<Int>

  init(_ tensors: [TensorResult], title: String) {
    self.tensors = tensors
    self.title = title
    let values = tensors.flatMap { tensor in
      [Self.limit(tensor), tensor.maxRelative, tensor.drift?.wrappedValue ?? 0]
    }.filter { $0.isFinite && $0 > 0 }
    let lowest = Int(log10(values.min() ?? 1e-8).rounded(.down))
    let highest = Int(log10(values.max() ?? 1e-4).rounded(.up))
    // Errors of zero and of infinity get a place of their own at the edges.
    let lower = max(-12, min(lowest, -8))
    decades = lower...max(lower + 3, min(highest, 4))
  }

  private static func limit(_ tensor: TensorResult) -> Double {
    tensor.magnitude > 0 ? tensor.allowed / tensor.magnitude : 0
  }

  func draw(into html: inout Markup) {
    html.element(
      "svg",
      [
        "viewBox": "0 0 \(Self.number(Self.width)) \(Self.number(Self.height))", "role": "img",
        "aria-label": title, "class": "plot",
      ]
    ) { svg in
      svg.element("title", title)
      drawGrid(&svg)
      drawFirstFailure(&svg)
      drawLine(&svg, "limit", tensors.map(Self.limit), isStepped: true)
      drawLine(&svg, "drift", tensors.map { $0.drift?.wrappedValue ?? 0 })
      drawLine(&svg, "error", tensors.map(\.maxRelative))
      for (place, tensor) in tensors.enumerated() { drawMark(&svg, place, tensor) }
    }
  }

  private func x(_ place: Int) -> Double {
    let room = Self.width - Self.margin.left - Self.margin.right
    return Self.margin.left + room * (Double(place) + 0.5) / Double(max(tensors.count, 1))
  }

  private func y(_ value: Double) -> Double {
    let room = Self.height - Self.margin.top - Self.margin.bottom
    guard value.isFinite else { return Self.margin.top }
    let exponent = value > 0 ? log10(value) : Double(decades.lowerBound)
    let part =
      (exponent - Double(decades.lowerBound))
      / Double(decades.upperBound - decades.lowerBound)
    return Self.margin.top + room * (1 - min(max(part, 0), 1))
  }

  private func drawGrid(_ svg: inout Markup) {
    let (left, right) = (Self.margin.left, Self.width - Self.margin.right)
    let step = decades.count > 9 ? 2 : 1
    for decade in stride(from: decades.lowerBound, through: decades.upperBound, by: step) {
      let height = y(pow(10, Double(decade)))
      svg.element(
        "line",
        [
          "class": "grid", "x1": Self.number(left), "x2": Self.number(right),
          "y1": Self.number(height), "y2": Self.number(height),
        ])
      svg.element(
        "text",
        [
          "class": "scale", "x": Self.number(left - 6), "y": Self.number(height + 4),
          "text-anchor": "end",
        ], "1e\(decade)")
    }
    let every = max(1, (tensors.count + 9) / 10)
    for place in stride(from: 0, to: tensors.count, by: every) {
      svg.element(
        "text",
        [
          "class": "scale", "x": Self.number(x(place)), "y": Self.number(Self.height - 10),
          "text-anchor": "middle",
        ], "\(place + 1)")
    }
  }

  private func drawFirstFailure(_ svg: inout Markup) {
    guard let place = tensors.firstIndex(where: { !$0.passed }) else { return }
    let column = Self.number(x(place))
    svg.element(
      "line",
      [
        "class": "failure", "x1": column, "x2": column, "y1": Self.number(Self.margin.top),
        "y2": Self.number(Self.height - Self.margin.bottom),
      ])
    // Kept within the drawing whatever the layer's place.
    let isRight = place * 2 > tensors.count
    svg.element(
      "text",
      [
        "class": "failure", "x": Self.number(x(place) + (isRight ? -6 : 6)),
        "y": Self.number(Self.margin.top + 10), "text-anchor": isRight ? "end" : "start",
      ], "first wrong: \(tensors[place].name)")
  }

  /// - Parameter isStepped: A level for each place, not a line from one to the next.
  private func drawLine(
    _ svg: inout Markup, _ kind: String, _ values: [Double], isStepped: Bool = false
  ) {
    let half = (x(1) - x(0)) / 2
    var path = ""
    var isOpen = false
    for (place, value) in values.enumerated() {
      guard value.isFinite, value > 0 else {
        isOpen = false
        continue
      }
      let (column, height) = (x(place), Self.number(y(value)))
      if isStepped {
        path +=
          "\(isOpen ? "L" : "M")\(Self.number(column - half)) \(height)"
          + "L\(Self.number(column + half)) \(height)"
      } else {
        path += "\(isOpen ? "L" : "M")\(Self.number(column)) \(height)"
      }
      isOpen = true
    }
    if !path.isEmpty { svg.element("path", ["class": kind, "d": path]) }
  }

  /// A dot, or a cross where the layer is wrong: colour alone must not say it.
  private func drawMark(_ svg: inout Markup, _ place: Int, _ tensor: TensorResult) {
    let (column, height) = (x(place), y(tensor.maxRelative))
    let hint =
      "\(place + 1): \(tensor.name)\nerror \(Text.scientific(tensor.maxRelative)) of its magnitude,"
      + " limit \(Text.scientific(Self.limit(tensor))) (\(tensor.tolerance))"
      + (tensor.drift.map { "\nsince the pixels \(Text.scientific($0.wrappedValue))" } ?? "")
      + (tensor.kernel.map { "\n\($0)" } ?? "")
    svg.element("g") { svg in
      svg.element("title", hint)
      if tensor.passed {
        svg.element(
          "circle",
          [
            "class": tensor.maxRelative == 0 ? "mark exact" : "mark", "cx": Self.number(column),
            "cy": Self.number(height), "r": "3",
          ])
      } else {
        let (left, right) = (Self.number(column - 4), Self.number(column + 4))
        let (top, bottom) = (Self.number(height - 4), Self.number(height + 4))
        svg.element(
          "path",
          [
            "class": "cross",
            "d": "M\(left) \(top)L\(right) \(bottom)M\(left) \(bottom)L\(right) \(top)",
          ]
        )
      }
    }
  }

  private static func number(_ value: Double) -> String { Text.fixed(value, decimals: 1) }
}
