import ArgumentParser
import BigTransfer
import Logging

/// `-d`.
struct DeviceOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Where to compute: auto, gpu, opencl (the best OpenCL device of any type), P:D as 'bitcl"
        + " devices' lists it, part of a device's name, cpu (built in, without OpenCL), or"
        + " reference (slow, in double precision).",
      valueName: "device"))
  var device: DeviceSelection = .automatic

  @Option(
    help: ArgumentHelp(
      "Give an OpenCL device up that takes longer for anything: a call, building a program, a"
        + " batch. Without it 300 seconds, and 20 where nothing at all goes on.",
      valueName: "seconds"))
  var deviceTimeout: String?

  @Option(
    help: ArgumentHelp(
      "Use no more than this of an OpenCL device's memory, such as 3GB. Models that need more go to"
        + " the next device.",
      valueName: "size"))
  var deviceMemory: ByteCount?

  func validate() throws {
    if let deviceMemory { DeviceUse.limitMemory(to: deviceMemory.bytes) }
    guard let deviceTimeout, !DeviceUse.limitTime(to: deviceTimeout) else { return }
    throw ValidationError("--device-timeout must be a number of seconds, at most 86400.")
  }

  /// Prepares a model and says what was chosen where the user left the choice open.
  /// - Parameter input: What will be run first; without it, one image of the model's own size.
  func prepare(
    _ model: Model, _ policy: DevicePolicy, expecting input: TensorShape? = nil,
    _ console: Console
  ) async throws -> PreparedModel {
    let logger = Logger(label: "bitcl") { _ in ConsoleLogHandler(console: console) }
    let prepared = try await PreparedModel(
      model, device: device, policy: policy, expecting: input, logger: logger)
    switch device {
    // Where something went wrong, a line has said already what was chosen.
    case .automatic, .gpu, .openCL, .named:
      guard await prepared.setbacks.isEmpty else { break }
      console.note("Device: \(await prepared.deviceExplanation)")
    case .index, .cpu, .reference: break
    }
    if let kernels = await prepared.kernels { console.detail("Kernels: \(kernels)") }
    console.detail("Prepared the model in \(prepared.preparation.duration)")
    return prepared
  }
}

extension DeviceSelection: ExpressibleByArgument {
  public init?(argument: String) {
    guard !argument.isEmpty else { return nil }
    self.init(argument)
  }

  public var defaultValueDescription: String { description }
}
