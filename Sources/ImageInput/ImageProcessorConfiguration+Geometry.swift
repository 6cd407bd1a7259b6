extension ImageProcessorConfiguration.ResizeTarget {
  /// The size after resizing a picture; sides can come out as zero.
  ///
  /// The order of the floating-point operations is transformers' (`image_transforms.py`,
  /// `get_resize_output_image_size` and `get_size_with_aspect_ratio`), because truncation shows it.
  func size(
    resizing old: ImageSize, rounding: ImageProcessorConfiguration.Rounding
  ) -> ImageSize {
    switch self {
    case .exact(let size): return size
    case .fitting(let limit) where rounding == .timm:
      return Self.size(resizing: old, to: limit, by: max)
    case .covering(let target):
      return Self.size(resizing: old, to: target, by: min)
    case .fitting(let limit):
      let scale = min(
        Double(limit.height) / Double(old.height), Double(limit.width) / Double(old.width))
      return ImageSize(
        height: Int(Double(old.height) * scale), width: Int(Double(old.width) * scale))
    case .shortestEdge(let edge, nil):
      let short = min(old.height, old.width)
      let long = Int(Double(edge * max(old.height, old.width)) / Double(short))
      return old.width <= old.height
        ? ImageSize(height: long, width: edge) : ImageSize(height: edge, width: long)
    case .shortestEdge(let edge, let longest?):
      return Self.size(resizing: old, shortestEdge: edge, longest: longest)
    }
  }

  /// As timm's `ResizeKeepRatio`, which divides by the larger or the smaller of both ratios and
  /// rounds as Python does.
  private static func size(
    resizing old: ImageSize, to target: ImageSize, by choose: (Double, Double) -> Double
  ) -> ImageSize {
    let ratio = choose(
      Double(old.height) / Double(target.height), Double(old.width) / Double(target.width))
    return ImageSize(
      height: Int((Double(old.height) / ratio).rounded(.toNearestOrEven)),
      width: Int((Double(old.width) / ratio).rounded(.toNearestOrEven)))
  }

  private static func size(
    resizing old: ImageSize, shortestEdge: Int, longest: Int
  ) -> ImageSize {
    let height = Double(old.height)
    let width = Double(old.width)
    let short = min(height, width)
    let long = max(height, width)
    var edge = shortestEdge
    var exactEdge = Double(edge)
    if long / short * exactEdge > Double(longest) {
      exactEdge = Double(longest) * short / long
      edge = Int(exactEdge.rounded(.toNearestOrEven))
    }
    if min(old.height, old.width) == edge { return old }
    return old.width < old.height
      ? ImageSize(height: Int(exactEdge * height / width), width: edge)
      : ImageSize(height: edge, width: Int(exactEdge * width / height))
  }
}

/// Where a centre crop lies along one axis, and where what it shows lies in the result.
struct CropSpan: Equatable {
  /// The part of the picture that is shown.
  let source: Range<Int>
  /// Pixels of the fill colour before it: half of what is missing, rounded up as transformers' PIL
  /// backend does, or down as timm.
  let offset: Int

  init(of count: Int, crop: Int, rounding: ImageProcessorConfiguration.Rounding) {
    if crop <= count {
      let half = Double(count - crop) / 2
      let start = Int(rounding == .timm ? half.rounded(.toNearestOrEven) : half.rounded(.down))
      source = start..<start + crop
      offset = 0
    } else {
      source = 0..<count
      offset = rounding == .timm ? (crop - count) / 2 : (crop - count + 1) / 2
    }
  }
}
