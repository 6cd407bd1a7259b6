#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ImageProcessorConfiguration {
  /// Reads `preprocessor_config.json`.
  ///
  /// Every form that transformers accepts is accepted; keys that are missing or null have the
  /// defaults of `BitImageProcessor`, and other keys are ignored.
  ///
  /// - Parameters:
  ///   - json: the file's bytes.
  ///   - file: how errors name it.
  public init(json: [UInt8], file: String) throws(ImageConfigurationError) {
    do {
      self = try JSONDecoder().decode(Self.self, from: Data(json))
    } catch let error as DecodingError {
      throw ImageConfigurationError(error, source: file)
    } catch {
      throw ImageConfigurationError(
        source: file, key: nil, problem: "cannot be understood: \(error)")
    }
  }
}

extension ImageConfigurationError {
  fileprivate init(_ error: DecodingError, source: String) {
    let context: DecodingError.Context
    var problem: String
    switch error {
    case .typeMismatch(let type, let found):
      context = found
      problem = "expected \(Self.name(of: type))"
    case .valueNotFound(let type, let found):
      context = found
      problem = "is null, expected \(Self.name(of: type))"
    case .keyNotFound(_, let found), .dataCorrupted(let found):
      context = found
      problem = found.debugDescription
    @unknown default:
      context = .init(codingPath: [], debugDescription: "")
      problem = "cannot be understood"
    }
    let key = context.codingPath.map(\.stringValue).joined(separator: ".")
    if key.isEmpty {
      problem = "is not a JSON object with preprocessor settings (\(problem))"
    }
    self.init(source: source, key: key.isEmpty ? nil : key, problem: problem)
  }

  private static func name(of type: Any.Type) -> String {
    switch type {
    case is Bool.Type: "true or false"
    case is Int.Type: "a whole number"
    case is Double.Type: "a number"
    case is String.Type: "a text"
    case is [String: Any].Type: "an object"
    case is [Any].Type: "a list"
    default: "another type"
    }
  }
}

extension ImageProcessorConfiguration: Decodable {
  private enum Key: String, CodingKey {
    case convertsToRGB = "do_convert_rgb"
    case resizes = "do_resize"
    case size
    case defaultsToSquare = "default_to_square"
    case resampling = "resample"
    case cropsCenter = "do_center_crop"
    case cropSize = "crop_size"
    case rescales = "do_rescale"
    case rescaleFactor = "rescale_factor"
    case normalizes = "do_normalize"
    case mean = "image_mean"
    case standardDeviation = "image_std"
    case pads = "do_pad"
    case padSize = "pad_size"
  }

  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: Key.self)
    func set<Value: Decodable>(_ target: inout Value, _ key: Key) throws {
      if let value = try values.decodeIfPresent(Value.self, forKey: key) { target = value }
    }
    try set(&convertsToRGB, .convertsToRGB)
    try set(&resizes, .resizes)
    try set(&cropsCenter, .cropsCenter)
    try set(&rescales, .rescales)
    try set(&rescaleFactor, .rescaleFactor)
    try set(&normalizes, .normalizes)
    try readSizes(values)
    if let number = try values.decodeIfPresent(Int.self, forKey: .resampling) {
      guard let filter = Resampling(rawValue: number) else {
        throw DecodingError.dataCorruptedError(
          forKey: .resampling, in: values,
          debugDescription: "\(number) is no filter; 0 is nearest, 1 lanczos, 2 bilinear, "
            + "3 bicubic, 4 box, 5 hamming")
      }
      resampling = filter
    }
    mean = try channelValues(values, .mean) ?? mean
    standardDeviation = try channelValues(values, .standardDeviation) ?? standardDeviation
    if standardDeviation.contains(0) {
      throw DecodingError.dataCorruptedError(
        forKey: .standardDeviation, in: values,
        debugDescription: "contains zero, by which nothing can be divided")
    }
  }

  private mutating func readSizes(_ values: KeyedDecodingContainer<Key>) throws {
    let isSquare = try values.decodeIfPresent(Bool.self, forKey: .defaultsToSquare) ?? false
    if let size = try values.decodeIfPresent(SizeValue.self, forKey: .size) {
      guard let target = size.resizeTarget(defaultsToSquare: isSquare) else {
        throw size.error(
          .size, values,
          expected: "shortest_edge (and longest_edge), height and width, "
            + "or max_height and max_width")
      }
      resizeTarget = target
    }
    cropSize = try exactSize(values, .cropSize) ?? cropSize
    if try values.decodeIfPresent(Bool.self, forKey: .pads) ?? false {
      padSize = try exactSize(values, .padSize)
    }
  }

  private func exactSize(
    _ values: KeyedDecodingContainer<Key>, _ key: Key
  ) throws -> ImageSize? {
    guard let size = try values.decodeIfPresent(SizeValue.self, forKey: key) else { return nil }
    guard let exact = size.exact else {
      throw size.error(key, values, expected: "a number, or height and width")
    }
    guard exact.height * exact.width <= Self.maximumPixels else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: values,
        debugDescription: "\(exact.width)x\(exact.height) has more than the "
          + "\(Self.maximumPixels) pixels of the largest input")
    }
    return exact
  }

  /// One number for all channels, or one for each.
  private func channelValues(
    _ values: KeyedDecodingContainer<Key>, _ key: Key
  ) throws -> [Double]? {
    guard values.contains(key), try !values.decodeNil(forKey: key) else { return nil }
    if let number = try? values.decode(Double.self, forKey: key) {
      return Array(repeating: number, count: RGBImage.channels)
    }
    let numbers = try values.decode([Double].self, forKey: key)
    guard numbers.count == RGBImage.channels else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: values,
        debugDescription: "has \(numbers.count) numbers, expected one for each of "
          + "\(RGBImage.channels) channels")
    }
    return numbers
  }
}
