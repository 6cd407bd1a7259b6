import BiTModel
import NumericsValidation

/// What several devices compute beside the oracle, and beside each other.
public struct NumericsReport: Sendable, Codable {
  /// Two devices on the same images.
  public struct Pair: Sendable, Codable {
    /// Their ids.
    public let first: String
    public let second: String
    public let agreement: Agreement
  }

  public let model: String
  /// In the order given.
  public let devices: [DeviceReport]
  /// Every pair of devices, where images were given.
  public let pairs: [Pair]
  /// How much of each tolerance was needed.
  public let tolerances: [ToleranceUse]

  public var passed: Bool { devices.allSatisfy(\.passed) }

  public init(model: String, devices: [DeviceReport]) {
    self.model = model
    self.devices = devices
    tolerances = ToleranceUse.all(in: devices.flatMap(\.results))
    var pairs: [Pair] = []
    for (index, first) in devices.enumerated() where !first.images.isEmpty {
      for second in devices[(index + 1)...] where !second.images.isEmpty {
        pairs.append(
          Pair(
            first: first.device.id, second: second.device.id,
            agreement: Agreement(first.images, second.images)))
      }
    }
    self.pairs = pairs
  }

  /// Validates devices one after the other in this process: operations, whole networks layer by
  /// layer and fused, repeatability, and the images given.
  ///
  /// A driver that crashes takes the process with it; `bitcl validate` gives each device a process
  /// of its own.
  /// - Parameters:
  ///   - source: The model that is validated beside the built-in networks.
  ///   - devices: By default every OpenCL device and the built-in CPU backend.
  ///   - images: What is classified on each device.
  ///   - timeBudget: What a device may take; checks that would not fit are left out and listed.
  /// - Throws: What opening the model and the images throws; `ClassifierError` where a device does
  ///   not exist; `CancellationError`.
  public static func compare(
    model source: ModelSource, devices: [DeviceSelection]? = nil, images: [ImageSource] = [],
    timeBudget: Duration? = nil
  ) async throws -> NumericsReport {
    try await source.download()
    let model = try source.open()
    var options = try ValidationOptions(
      model: model, images: images.enumerated().map { ("image \($0)", $1) })
    options.timeBudget = timeBudget
    var reports: [DeviceReport] = []
    for selection in devices ?? allDevices() {
      let validation = try DeviceValidation(selection, options: options)
      var report = DeviceReport(try validation.facts())
      try await validation.run { report.add($0) }
      reports.append(report)
    }
    return NumericsReport(model: model.name, devices: reports)
  }

  /// As `compare(model:devices:images:timeBudget:)`, for OpenCL devices such as `Device.all()`.
  public static func compare(
    model source: ModelSource, devices: [Device], images: [ImageSource] = [],
    timeBudget: Duration? = nil
  ) async throws -> NumericsReport {
    try await compare(
      model: source, devices: devices.map(\.selection), images: images, timeBudget: timeBudget)
  }

  private static func allDevices() -> [DeviceSelection] {
    Device.all().map(\.selection) + [.cpu]
  }

  private enum CodingKeys: String, CodingKey {
    case model, devices, pairs, tolerances
  }
}

extension Device {
  fileprivate var selection: DeviceSelection {
    .index(platform: opencl.id.platform, device: opencl.id.device)
  }
}
