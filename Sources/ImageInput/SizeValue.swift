/// A size as transformers writes it: a number, a list of height and width, or an object with some
/// of several names.
struct SizeValue: Decodable {
  private enum Form {
    case number(Int)
    case list([Int])
    case object([String: Int])
  }
  private let form: Form

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let number = try? value.decode(Int.self) {
      form = .number(number)
    } else if let list = try? value.decode([Int].self) {
      form = .list(list)
    } else if let object = try? value.decode([String: Int?].self) {
      form = .object(object.compactMapValues { $0 })
    } else {
      throw DecodingError.dataCorruptedError(
        in: value,
        debugDescription: "expected a whole number, a list of height and width, "
          + "or an object of whole numbers")
    }
    for side in sides where !(1...ImageProcessorConfiguration.maximumSide).contains(side) {
      throw DecodingError.dataCorruptedError(
        in: value,
        debugDescription: "\(side) is not between 1 and "
          + "\(ImageProcessorConfiguration.maximumSide)")
    }
  }

  private var sides: [Int] {
    switch form {
    case .number(let number): [number]
    case .list(let list): list
    case .object(let object): object.values.sorted()
    }
  }

  /// Height and width; a number gives a square.
  var exact: ImageSize? {
    switch form {
    case .number(let side):
      ImageSize(side: side)
    case .list(let list):
      list.count == 2 ? ImageSize(height: list[0], width: list[1]) : nil
    case .object(let object):
      size(of: object, "height", "width")
    }
  }

  /// Nil for names, or combinations of them, by which transformers cannot resize either.
  ///
  /// - Parameter defaultsToSquare: whether a lone number means both sides or the shorter one.
  func resizeTarget(
    defaultsToSquare: Bool
  ) -> ImageProcessorConfiguration.ResizeTarget? {
    if case .number(let edge) = form, !defaultsToSquare { return .shortestEdge(edge, longest: nil) }
    if let exact { return .exact(exact) }
    guard case .object(let object) = form else { return nil }
    if let fitting = size(of: object, "max_height", "max_width") { return .fitting(fitting) }
    guard let edge = object["shortest_edge"] else { return nil }
    switch Set(object.keys) {
    case ["shortest_edge"], ["shortest_edge", "longest_edge"]:
      return .shortestEdge(edge, longest: object["longest_edge"])
    default:
      return nil
    }
  }

  private func size(
    of object: [String: Int], _ heightName: String, _ widthName: String
  ) -> ImageSize? {
    guard object.count == 2, let height = object[heightName], let width = object[widthName] else {
      return nil
    }
    return ImageSize(height: height, width: width)
  }

  func error<Key>(
    _ key: Key, _ values: KeyedDecodingContainer<Key>, expected: String
  ) -> DecodingError {
    let found =
      switch form {
      case .number(let number): "\(number)"
      case .list(let list): "\(list)"
      case .object(let object): object.keys.sorted().joined(separator: ", ")
      }
    return DecodingError.dataCorruptedError(
      forKey: key, in: values, debugDescription: "found \(found), expected \(expected)")
  }
}
