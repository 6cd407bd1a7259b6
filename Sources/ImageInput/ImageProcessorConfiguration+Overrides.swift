/// What a user may ask for against the checkpoint's own configuration.
public enum ResizeMode: String, Sendable, CaseIterable {
  /// The shorter side is set, the proportion stays.
  case shortest
  /// Both sides are set, the proportion is lost, nothing is cut off.
  case squash
  /// The pixels are taken as they are.
  case none
}

extension ImageProcessorConfiguration {
  /// Makes pictures of `side` by `side` pixels, and resizes them before in the same relation to
  /// the crop as the checkpoint: 256 before a crop of 224 becomes 512 before one of 448.
  ///
  /// - Throws: ``ImageConfigurationError`` unless the side is positive and the area within
  ///   ``maximumPixels``.
  public mutating func setInputSide(_ side: Int) throws(ImageConfigurationError) {
    try Self.check(ImageSize(side: side), source: "input size")
    let old = cropsCenter ? cropSize : nil
    func scaled(_ length: Int, _ oldLength: Int?) -> Int {
      guard let oldLength, resizes else { return side }
      // timm's own lengths are rounded down.
      let exact = (Double(length) * Double(side) / Double(oldLength))
        .rounded(rounding == .timm ? .down : .toNearestOrAwayFromZero)
      return min(max(Int(exact), 1), Self.maximumSide)
    }
    switch resizeTarget {
    case .shortestEdge(let edge, _):
      resizeTarget = .shortestEdge(scaled(edge, old.map { min($0.height, $0.width) }), longest: nil)
    case .covering(let size):
      resizeTarget = .shortestEdge(scaled(size.height, old?.height), longest: nil)
    case .fitting(let size) where rounding == .timm:
      resizeTarget = .fitting(ImageSize(side: scaled(size.height, old?.height)))
    case .exact(let size), .fitting(let size):
      resizeTarget = .exact(
        ImageSize(
          height: scaled(size.height, old?.height), width: scaled(size.width, old?.width)))
    }
    resizes = true
    cropSize = ImageSize(side: side)
    if case .shortestEdge = resizeTarget { cropsCenter = true }
    padSize = nil
  }

  /// Changes how pictures are resized, not to which size.
  public mutating func setResizeMode(_ mode: ResizeMode) {
    resizes = mode != .none
    switch (mode, resizeTarget) {
    case (.shortest, .exact(let size)), (.shortest, .fitting(let size)),
      (.shortest, .covering(let size)):
      resizeTarget = .shortestEdge(min(size.height, size.width), longest: nil)
    case (.shortest, .shortestEdge(let edge, _)):
      resizeTarget = .shortestEdge(edge, longest: nil)
    case (.squash, .shortestEdge(let edge, _)):
      resizeTarget = .exact(ImageSize(side: edge))
    case (.squash, .fitting(let size)), (.squash, .covering(let size)):
      resizeTarget = .exact(size)
    case (.squash, .exact), (.none, _):
      break
    }
  }

  /// Cuts this out of the middle after resizing, whatever the configuration says; with nil,
  /// nothing is cut off.
  ///
  /// - Throws: ``ImageConfigurationError`` unless the sides are positive and the area within
  ///   ``maximumPixels``.
  public mutating func setCrop(_ size: ImageSize?) throws(ImageConfigurationError) {
    if let size {
      try Self.check(size, source: "crop")
      cropSize = size
    }
    cropsCenter = size != nil
  }

  private static func check(
    _ size: ImageSize, source: String
  ) throws(ImageConfigurationError) {
    guard size.height > 0, size.width > 0, size.height <= maximumSide, size.width <= maximumSide,
      size.pixelsFit(maximumPixels)
    else {
      throw ImageConfigurationError(
        source: source, key: nil,
        problem: "\(size.width)x\(size.height) is not between 1x1 and \(maximumPixels) pixels, "
          + "no side above \(maximumSide)")
    }
  }
}
