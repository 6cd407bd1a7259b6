import BigTransfer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Measures case by case on one device, and writes each row when it is done.
struct BenchSession {
  private let prepared: PreparedModel
  private let subject: BenchSubject
  private let stopwatch: Stopwatch
  private let baseline: BenchBaseline?
  private let file: OutputFile?
  private let images: [ImageRequest]
  private let timesOperations: Bool
  private var measuresPeak: Bool
  private let console: Console
  private var writer: any BenchWriter
  /// The best that the loops gave so far.
  private var peak: ArithmeticPeak?
  private var lines = ""
  private var verdicts: [BenchComparison.Verdict] = []

  private static let profileRuns = 5

  init(
    bench: Bench, prepared: PreparedModel, subject: BenchSubject, baseline: BenchBaseline?,
    file: OutputFile?
  ) {
    self.prepared = prepared
    self.subject = subject
    self.baseline = baseline
    self.file = file
    stopwatch = Stopwatch(warmup: bench.warmup, rule: bench.stoppingRule)
    images = bench.images.map { ImageRequest(name: $0, source: .success(.file($0))) }
    timesOperations = bench.operations
    measuresPeak = bench.peak
    console = bench.common.console
    writer = bench.format.writer(to: .standardOutput, compares: baseline != nil)
  }

  mutating func begin() async throws {
    try await updatePeak()
    try writer.begin(subject, peak: peak)
  }

  mutating func measure(_ entry: BenchCase) async throws {
    let input = entry.input
    let measurement = try await time(entry)
    // Beside what it is compared with: a shared machine is not the same all the time.
    try await updatePeak()
    let computes = entry.scenario != .prepare
    let operations = computes ? try await profile(input) : nil
    // Figures of another device would pass for this one's.
    guard await prepared.deviceName == subject.device else {
      throw CommandFailure(
        .unavailable,
        "\(subject.device) failed at \(input); \(await prepared.deviceName) took over")
    }
    var report = BenchReport(
      subject, scenario: entry.scenario, input: input, measurement,
      multiplyAccumulates: computes
        ? try prepared.model.network.multiplyAccumulates(forInput: input) : nil,
      peak: peak, operations: operations)
    if let baseline {
      let comparison = BenchComparison(
        report.perBatch, beside: baseline[entry.key(of: prepared.model)])
      verdicts.append(comparison.verdict)
      report.comparison = comparison
    }
    try writer.write(report)
    guard let file else { return }
    lines += try JSON.encode(report, compact: true) + "\n"
    try file.write(Data(lines.utf8))
  }

  /// - Throws: `EarlyExit` if something has become slower.
  mutating func end() throws {
    try writer.end()
    guard let baseline else { return }
    func count(_ verdict: BenchComparison.Verdict) -> Int { verdicts.count { $0 == verdict } }
    console.note(
      "Beside \(baseline.path): \(count(.faster)) faster, \(count(.slower)) slower,"
        + " \(verdicts.count - count(.faster) - count(.slower)) without a verdict")
    if count(.slower) > 0 { throw EarlyExit(status: .checkFailed) }
  }

  private func time(_ entry: BenchCase) async throws -> Measurement {
    let batch = entry.input.batch
    switch entry.scenario {
    case .latency:
      let network = prepared.model.network
      return try await stopwatch.latency(
        of: BenchCase.noise(entry.input), on: prepared,
        returning: network.logits ?? network.pooledFeatures)
    case .throughput:
      let noise = ImageSource.tensor(BenchCase.noise(entry.input.oneImage))
      return try await stopwatch.throughput(
        of: images.isEmpty ? [ImageRequest(name: "noise", source: .success(noise))] : images,
        batch: batch, on: try ImageClassifier(prepared))
    case .prepare:
      return try await stopwatch.preparation(
        of: images, batch: batch,
        by: ImagePreprocessor(try prepared.model.imageProcessorConfiguration()))
    }
  }

  /// Without a peak all else can still be measured. A device that was lost over it is noticed as one.
  private mutating func updatePeak() async throws {
    guard measuresPeak else { return }
    do {
      let found = try await prepared.measurePeak()
      peak = peak?.joined(with: found) ?? found
    } catch let error where FailureKind(error) == .deviceUnavailable {
      console.warn("\(subject.device): its arithmetic's peak could not be measured: \(error)")
      measuresPeak = false
    }
  }

  /// Nil where it is not asked for, or the backend cannot tell.
  private func profile(_ shape: TensorShape) async throws -> OperationTimes? {
    guard timesOperations else { return nil }
    let network = prepared.model.network
    let input = BenchCase.noise(shape)
    var runs: [[StepProfile]] = []
    for _ in 0..<Self.profileRuns {
      try Task.checkCancellation()
      let node = network.logits ?? network.pooledFeatures
      guard let run = try await prepared.profile(input, returning: [node]) else { return nil }
      runs.append(run)
    }
    return OperationTimes(runs, peak: peak?.best)
  }
}
