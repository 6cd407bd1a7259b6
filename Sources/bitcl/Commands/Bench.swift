import ArgumentParser
import BigTransfer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// How fast a model runs.
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure a model's latency and throughput on a device.",
    discussion: """
      Every run gives a batch of fixed noise to the network and takes its logits back, as \
      classifying does after images are prepared. 'bench -m random:R50x1@224' needs no download.
      """)

  @OptionGroup var modelOptions: ModelOptions
  @OptionGroup var deviceOptions: DeviceOptions
  @OptionGroup var policyOptions: DevicePolicyOptions

  @Option(help: "Images that are computed together; several numbers with commas are several rows.")
  var batch: CommaSeparated<Int> = [1]

  @Option(
    help: ArgumentHelp(
      "The input size in pixels: N, or HxW; several with commas. Without it, the model's own.",
      valueName: "size"))
  var size: CommaSeparated<ImageSize>?

  @Option(help: "Runs before the clock starts; the first one is reported alone as well.")
  var warmup = 3

  @Option(help: "Runs that are measured.")
  var iterations = 10

  @Option(
    help: ArgumentHelp(
      "The longest to measure one size and batch, with fewer runs then, but at least one.",
      valueName: "seconds"))
  var limit: Double?

  @Flag(help: "Time each step of the network as well, by the device's own clock.")
  var operations = false

  @Option(help: "How to write the figures: a table, or a line of JSON a size and batch.")
  var format = ReportFormat.text

  @Option(
    help: ArgumentHelp("Write the figures to a file as well, as JSON.", valueName: "file"))
  var json: String?

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard batch.elements.allSatisfy((1...4096).contains) else {
      throw ValidationError("--batch must be 1 to 4096.")
    }
    guard (1...1_000_000).contains(iterations) else {
      throw ValidationError("--iterations must be 1 to 1000000.")
    }
    guard (0...1_000_000).contains(warmup) else {
      throw ValidationError("--warmup must be 0 to 1000000.")
    }
    guard limit.map({ $0 > 0 && $0 <= 86_400 }) ?? true else {
      throw ValidationError("--limit must be more than 0 and at most 86400 seconds.")
    }
  }

  func run() async throws {
    let console = common.console
    let clock = ContinuousClock()
    var model: Model?
    // Downloads are not loading.
    try await modelOptions.download(console)
    let loading = try await clock.measure { model = try await modelOptions.open(console) }
    guard let model else { return }
    let shapes = try shapes(for: model)
    let file = try json.map { try OutputFile(path: $0) }
    let smallest = shapes.min { $0.imageCount < $1.imageCount }
    let prepared = try await deviceOptions.prepare(
      model, policyOptions.policy, expecting: smallest?.oneImage, console)
    let subject = BenchReport.Subject(
      model: model.name, device: await prepared.deviceName,
      driver: await prepared.device?.driverVersion, loading: loading,
      preparing: prepared.preparation.duration, warmup: warmup)
    let output = ByteSink.standardOutput
    if format == .text { try output.write(BenchReport.heading(subject)) }
    var lines = ""
    for shape in shapes {
      let times = try await measure(prepared, Self.noise(shape))
      // Figures of another device would pass for this one's.
      guard await prepared.deviceName == subject.device else {
        throw CommandFailure(
          .unavailable,
          "\(subject.device) failed at \(shape); \(await prepared.deviceName) took over")
      }
      let report = BenchReport(
        subject, input: shape, times: times, operations: try await profile(prepared, shape))
      let line = try JSON.encode(report, compact: true) + "\n"
      lines += line
      // Row by row: the next one may take long, or never end.
      try output.write(format == .text ? report.text : line)
      try output.flush()
      try file?.write(Data(lines.utf8))
    }
  }

  /// Of the warm-up and of the measured runs.
  private func measure(_ prepared: PreparedModel, _ input: HostTensor) async throws -> [Duration] {
    let clock = ContinuousClock()
    let node = Self.result(of: prepared.model.network)
    let begin = clock.now
    var times: [Duration] = []
    while times.count < warmup + iterations {
      try Task.checkCancellation()
      times.append(
        try await clock.measure { _ = try await prepared.run(input, returning: [node]) })
      if let limit, times.count > warmup, begin.duration(to: clock.now) >= .seconds(limit) { break }
    }
    return times
  }

  private static let profileRuns = 5

  /// Nil where it is not asked for, or the backend cannot tell.
  private func profile(
    _ prepared: PreparedModel, _ shape: TensorShape
  ) async throws -> OperationTimes? {
    guard operations else { return nil }
    let node = Self.result(of: prepared.model.network)
    let input = Self.noise(shape)
    var runs: [[StepProfile]] = []
    for _ in 0..<Self.profileRuns {
      guard let run = try await prepared.profile(input, returning: [node]) else { return nil }
      runs.append(run)
    }
    return OperationTimes(runs)
  }

  private static func result(of network: Network) -> Network.NodeID {
    network.logits ?? network.pooledFeatures
  }

  /// Every size with every batch; looked at before anything is prepared.
  private func shapes(for model: Model) throws -> [TensorShape] {
    let own = try size == nil ? model.imageProcessorConfiguration().squareInputSize : nil
    let sizes = size?.elements ?? own.map { [$0] } ?? []
    guard !sizes.isEmpty else {
      throw CommandFailure(
        .usage, "\(model.name) takes images of any size. Say which with --size")
    }
    let shapes = sizes.flatMap { size in
      batch.elements.map { batch in
        TensorShape(
          batch: batch, height: size.height, width: size.width,
          channels: model.network.inputChannels)
      }
    }
    for shape in shapes { _ = try model.network.shapes(forInput: shape) }
    return shapes
  }

  /// The same in every run: −1 … 1, as normalised pixels are.
  private static func noise(_ shape: TensorShape) -> HostTensor {
    var state: UInt32 = 1
    let elements = (0..<shape.count).map { _ in
      // Knuth's linear congruential generator (The Art of Computer Programming, 3.3.4, table 1).
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) * 0x1p-23 - 1
    }
    return HostTensor(shape: shape, elements: elements)
  }
}
