extension ImageProcessorConfiguration.ResizeTarget {
  /// The size after resizing a picture; sides can come out as zero.
  ///
  /// The order of the floating-point operations is transformers' (`image_transforms.py`,
  /// `get_resize_output_image_size` and `get_size_with_aspect_ratio`), because truncation shows it.
  func size(resizing old: ImageSize) -> ImageSize {
    switch self {
    case .exact(let size): return size
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
  /// Zeros before it: half of what is missing, rounded up, as transformers' PIL backend does.
  let offset: Int

  init(of count: Int, crop: Int) {
    if crop <= count {
      let start = (count - crop) / 2
      source = start..<start + crop
      offset = 0
    } else {
      source = 0..<count
      offset = (crop - count + 1) / 2
    }
  }
}
