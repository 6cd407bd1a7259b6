/// Pixels down and across.
public struct ImageSize: Sendable, Hashable {
  public var height: Int
  public var width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// A square.
  public init(side: Int) {
    self.init(height: side, width: side)
  }

  /// Whether the area is at most `limit`, without overflow.
  func pixelsFit(_ limit: Int) -> Bool {
    let area = height.multipliedReportingOverflow(by: width)
    return !area.overflow && area.partialValue <= limit
  }
}
