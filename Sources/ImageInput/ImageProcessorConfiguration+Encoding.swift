import BiTModel

extension ImageProcessorConfiguration {
  /// The configuration as a `preprocessor_config.json` of transformers' `BitImageProcessor`.
  package var document: JSONDocument {
    var members: [(key: String, value: JSONDocument)] = [
      ("crop_size", Self.document(of: cropSize)),
      ("do_center_crop", .boolean(cropsCenter)),
      ("do_convert_rgb", .boolean(convertsToRGB)),
      ("do_normalize", .boolean(normalizes)),
    ]
    if padSize != nil { members.append(("do_pad", .boolean(true))) }
    members += [
      ("do_rescale", .boolean(rescales)),
      ("do_resize", .boolean(resizes)),
      ("image_mean", .numbers(mean)),
      ("image_processor_type", .string("BitImageProcessor")),
      ("image_std", .numbers(standardDeviation)),
    ]
    if let padSize { members.append(("pad_size", Self.document(of: padSize))) }
    members += [
      ("resample", .integer(resampling.rawValue)),
      ("rescale_factor", .number(rescaleFactor)),
      ("size", resizeTarget.document),
    ]
    return .object(members)
  }

  fileprivate static func document(of size: ImageSize) -> JSONDocument {
    .object([("height", .integer(size.height)), ("width", .integer(size.width))])
  }
}

extension ImageProcessorConfiguration.ResizeTarget {
  fileprivate var document: JSONDocument {
    switch self {
    case .shortestEdge(let edge, nil): .object([("shortest_edge", .integer(edge))])
    case .shortestEdge(let edge, let longest?):
      .object([("longest_edge", .integer(longest)), ("shortest_edge", .integer(edge))])
    case .exact(let size): ImageProcessorConfiguration.document(of: size)
    // The smallest that covers as much; there is no closer form.
    case .covering(let size): .object([("shortest_edge", .integer(max(size.height, size.width)))])
    case .fitting(let size):
      .object([("max_height", .integer(size.height)), ("max_width", .integer(size.width))])
    }
  }
}
