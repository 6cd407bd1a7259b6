import BiTModel
import NumericsValidation
import OpenCLBackend

/// The numerical validation of one device in this process.
public struct DeviceValidation: Sendable {
  private let candidate: BackendCandidate
  private let kernels: String?
  private let options: ValidationOptions

  /// Takes the first device of the selection: one that fails must not be covered for by another.
  /// - Parameter kernels: The kernel set to validate, such as `tiled64`, instead of the one that
  ///   `BITCL_KERNEL_SET` names or the best one that the device runs; of no meaning for the built-in
  ///   backends.
  /// - Throws: `ClassifierError` where there is no such device.
  public init(
    _ selection: DeviceSelection, options: ValidationOptions, kernels: String? = nil
  ) throws {
    candidate = try BackendLineup.strict(selection).candidates[0]
    self.kernels = kernels
    self.options = options
  }

  /// What is known of the device before anything is run on it.
  public func facts() throws -> DeviceFacts { DeviceFacts(candidate).with(try makeBackend()) }

  /// Neither are a device's kernels trusted on the word of a self-check here nor passed over on that
  /// of an earlier process: they are what is examined.
  private func makeBackend() throws -> any Backend {
    guard let device = candidate.device else { return try candidate.makeBackend() }
    return OpenCLBackend(
      device: device.opencl, kernelSet: kernels ?? BackendCandidate.requestedKernelSet,
      believesMemory: false)
  }

  /// Makes all checks and reports each event when it happens.
  ///
  /// What goes wrong on the device is a result and never an error.
  /// - Throws: `ConfigurationError`; `CancellationError`; what `report` throws.
  public func run(_ report: (ValidationEvent) async throws -> Void) async throws {
    let backend = try makeBackend()
    let facts = DeviceFacts(candidate)
    try await DeviceValidator(backend, options: options) { facts.with(backend) }.run(report)
  }
}

extension ValidationOptions {
  /// The demo and a model, with images for the model.
  /// - Parameters:
  ///   - model: Validated at its own input size, or smaller where the oracle would take long.
  ///   - images: What the model's own preprocessing makes of them is compared too; an image that
  ///     cannot be used is an error.
  /// - Throws: `ImageError`, `ImageConfigurationError`; `ClassifierError` without the demo.
  public init(
    model: Model?, images: [(name: String, source: ImageSource)] = []
  ) throws {
    self.init()
    let demo = try ModelSource.demo.open()
    networks = [try Self.networkCase(demo)]
    guard let model else { return }
    if model.name != demo.name { networks.append(try Self.networkCase(model)) }
    self.model = model
    let preprocessor = ImagePreprocessor(try model.imageProcessorConfiguration())
    self.images = try images.map {
      Image(name: $0.name, pixels: try preprocessor.tensor(for: $0.source))
    }
  }

  private static func networkCase(_ model: Model) throws -> NetworkCase {
    let size = try model.imageProcessorConfiguration().squareInputSize
    return try NetworkSuite.modelCase(model, size: size.map { ($0.height, $0.width) })
  }
}
