#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ImageProcessorConfiguration {
  /// Reads a `preprocessor_config.json`.
  ///
  /// Every form that transformers accepts is accepted. Missing keys have the defaults of
  /// `BitImageProcessor`; null turns a step off, and is refused as a value that a step needs.
  /// Other keys are ignored.
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
    func flag(_ key: Key, default value: Bool) throws -> Bool {
      guard values.contains(key) else { return value }
      return try values.decodeIfPresent(Bool.self, forKey: key) ?? false
    }
    convertsToRGB = try flag(.convertsToRGB, default: convertsToRGB)
    resizes = try flag(.resizes, default: resizes)
    cropsCenter = try flag(.cropsCenter, default: cropsCenter)
    rescales = try flag(.rescales, default: rescales)
    normalizes = try flag(.normalizes, default: normalizes)
    try readResize(values, defaultsToSquare: flag(.defaultsToSquare, default: false))
    cropSize = try exactSize(values, .cropSize, isNeeded: cropsCenter) ?? cropSize
    rescaleFactor =
      try value(Double.self, values, .rescaleFactor, isNeeded: rescales) ?? rescaleFactor
    try checkRange([rescaleFactor], values, .rescaleFactor)
    try readNormalization(values)
    if try flag(.pads, default: false) {
      padSize = try exactSize(values, .padSize, isNeeded: false)
    }
  }

  /// Nil when the key is missing, or null without being needed.
  private func value<Value: Decodable>(
    _ type: Value.Type, _ values: KeyedDecodingContainer<Key>, _ key: Key, isNeeded: Bool
  ) throws -> Value? {
    guard values.contains(key) else { return nil }
    return isNeeded
      ? try values.decode(type, forKey: key) : try values.decodeIfPresent(type, forKey: key)
  }

  private mutating func readResize(
    _ values: KeyedDecodingContainer<Key>, defaultsToSquare: Bool
  ) throws {
    if let size = try value(SizeValue.self, values, .size, isNeeded: resizes) {
      guard let target = size.resizeTarget(defaultsToSquare: defaultsToSquare) else {
        throw size.error(
          .size, values,
          expected: "shortest_edge (and longest_edge), height and width, "
            + "or max_height and max_width")
      }
      resizeTarget = target
    }
    if let number = try value(Int.self, values, .resampling, isNeeded: resizes) {
      guard let filter = Resampling(rawValue: number) else {
        throw DecodingError.dataCorruptedError(
          forKey: .resampling, in: values,
          debugDescription: "\(number) is no filter; 0 is nearest, 1 lanczos, 2 bilinear, "
            + "3 bicubic, 4 box, 5 hamming")
      }
      resampling = filter
    }
  }

  private func exactSize(
    _ values: KeyedDecodingContainer<Key>, _ key: Key, isNeeded: Bool
  ) throws -> ImageSize? {
    guard let size = try value(SizeValue.self, values, key, isNeeded: isNeeded) else { return nil }
    guard let exact = size.exact else {
      throw size.error(key, values, expected: "a number, or height and width")
    }
    guard exact.pixelsFit(Self.maximumPixels) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: values,
        debugDescription: "\(exact.width)x\(exact.height) has more than the "
          + "\(Self.maximumPixels) pixels of the largest input")
    }
    return exact
  }

  private mutating func readNormalization(_ values: KeyedDecodingContainer<Key>) throws {
    mean = try channelValues(values, .mean) ?? mean
    standardDeviation = try channelValues(values, .standardDeviation) ?? standardDeviation
    if normalizes && standardDeviation.contains(where: { Float($0) == 0 }) {
      throw DecodingError.dataCorruptedError(
        forKey: .standardDeviation, in: values,
        debugDescription: "contains zero, by which nothing can be divided")
    }
  }

  private func checkRange(
    _ numbers: [Double], _ values: KeyedDecodingContainer<Key>, _ key: Key
  ) throws {
    guard let number = numbers.first(where: { !Float($0).isFinite }) else { return }
    throw DecodingError.dataCorruptedError(
      forKey: key, in: values, debugDescription: "\(number) is too large for a Float")
  }

  /// One number for all channels, or one for each.
  private func channelValues(
    _ values: KeyedDecodingContainer<Key>, _ key: Key
  ) throws -> [Double]? {
    if let number = try? values.decode(Double.self, forKey: key) {
      try checkRange([number], values, key)
      return Array(repeating: number, count: RGBImage.channels)
    }
    guard let numbers = try value([Double].self, values, key, isNeeded: normalizes) else {
      return nil
    }
    guard numbers.count == RGBImage.channels else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: values,
        debugDescription: "has \(numbers.count) numbers, expected one for each of "
          + "\(RGBImage.channels) channels")
    }
    try checkRange(numbers, values, key)
    return numbers
  }
}
