import BigTransfer

/// What `bench` says of one scenario, size and batch; its JSON is this structure. Times are in
/// milliseconds unless named otherwise.
struct BenchReport: Encodable {
  let schemaVersion = JSON.schemaVersion
  let subject: BenchSubject
  let scenario: BenchScenario
  let input: TensorShape
  let measurement: Measurement
  let perBatch: TimeStatistics
  let perImage: TimeStatistics
  /// Of a stream, over all of it; else by the median.
  let imagesPerSecond: Double
  /// Operations a second: the network's multiply-accumulates, each counted as two; nil where it does not
  /// run.
  let flops: Double?
  let peak: ArithmeticPeak?
  let operations: OperationTimes?
  var comparison: BenchComparison?

  /// - Parameter multiplyAccumulates: Of the network for the whole batch; nil where it does not run.
  init(
    _ subject: BenchSubject, scenario: BenchScenario, input: TensorShape,
    _ measurement: Measurement, multiplyAccumulates: Int?, peak: ArithmeticPeak?,
    operations: OperationTimes?
  ) {
    self.subject = subject
    self.scenario = scenario
    self.input = input
    self.measurement = measurement
    self.peak = peak
    self.operations = operations
    perBatch = TimeStatistics(measurement.times)
    perImage = TimeStatistics(measurement.times, dividedBy: input.batch)
    let typical = scenario == .throughput ? perImage.mean : perImage.median
    let imagesPerSecond = 1000 / typical
    self.imagesPerSecond = imagesPerSecond
    flops = multiplyAccumulates.map { 2 * Double($0) / Double(input.batch) * imagesPerSecond }
  }

  var shareOfPeak: Double? {
    guard let flops, let best = peak?.best, best > 0 else { return nil }
    return flops / best
  }

  private enum CodingKeys: String, CodingKey {
    case model, device, driver, kernels, threads, host, date, scenario, batch, height, width
    case warmup, iterations, operations, startup, comparison
    case schemaVersion = "schema_version"
    case version = "bitcl_version"
    case inFlight = "batches_in_flight"
    case loadSeconds = "load_seconds"
    case prepareSeconds = "prepare_seconds"
    case first = "first_ms"
    case perBatch = "ms_per_batch"
    case perImage = "ms_per_image"
    case interval = "median_interval_ms"
    case stopped = "stopped_by"
    case imagesPerSecond = "images_per_second"
    case gigaflops = "gflop_per_second"
    case peak = "peak_gflop_per_second"
    case shareOfPeak = "share_of_peak"
  }

  private enum PeakKeys: String, CodingKey {
    case openCL = "opencl"
    case native = "c"
  }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(schemaVersion, forKey: .schemaVersion)
    try fields.encode(subject.model, forKey: .model)
    try fields.encode(subject.device, forKey: .device)
    try fields.encodeIfPresent(subject.driver, forKey: .driver)
    try fields.encodeIfPresent(subject.kernels, forKey: .kernels)
    try fields.encode(subject.threads, forKey: .threads)
    try fields.encode(subject.host, forKey: .host)
    try fields.encode(subject.version, forKey: .version)
    try fields.encode(subject.date, forKey: .date)
    try fields.encode(subject.startup, forKey: .startup)
    try fields.encode(subject.startup.load, forKey: .loadSeconds)
    try fields.encode(subject.startup.prepare, forKey: .prepareSeconds)
    try encodeFigures(to: &fields)
    guard let peak else { return }
    var loops = fields.nestedContainer(keyedBy: PeakKeys.self, forKey: .peak)
    try loops.encodeIfPresent(peak.openCL.map { $0 * 1e-9 }, forKey: .openCL)
    try loops.encodeIfPresent(peak.native.map { $0 * 1e-9 }, forKey: .native)
  }

  private func encodeFigures(to fields: inout KeyedEncodingContainer<CodingKeys>) throws {
    try fields.encode(scenario, forKey: .scenario)
    try fields.encode(measurement.inFlight, forKey: .inFlight)
    try fields.encode(input.batch, forKey: .batch)
    try fields.encode(input.height, forKey: .height)
    try fields.encode(input.width, forKey: .width)
    try fields.encode(measurement.warmup, forKey: .warmup)
    try fields.encode(measurement.times.count, forKey: .iterations)
    try fields.encode(measurement.reason, forKey: .stopped)
    try fields.encode(measurement.first / .milliseconds(1), forKey: .first)
    try fields.encode(perBatch, forKey: .perBatch)
    try fields.encode(perImage, forKey: .perImage)
    try fields.encode(perBatch.interval, forKey: .interval)
    try fields.encode(imagesPerSecond, forKey: .imagesPerSecond)
    try fields.encodeIfPresent(flops.map { $0 * 1e-9 }, forKey: .gigaflops)
    try fields.encodeIfPresent(shareOfPeak, forKey: .shareOfPeak)
    try fields.encodeIfPresent(operations, forKey: .operations)
    try fields.encodeIfPresent(comparison, forKey: .comparison)
  }
}
