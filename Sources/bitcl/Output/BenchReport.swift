import BigTransfer

/// What `bench` says; its JSON is this structure. Times are in milliseconds unless named otherwise.
struct BenchReport: Encodable {
  struct Statistics: Encodable {
    let median: Double
    let min: Double
    let p95: Double
  }

  let schemaVersion = JSON.schemaVersion
  let model: String
  let device: String
  let driver: String?
  let batch: Int
  let height: Int
  let width: Int
  let warmup: Int
  let iterations: Int
  let loadSeconds: Double
  let prepareSeconds: Double
  /// The very first run, in which drivers may still compile and allocate.
  let first: Double
  let perBatch: Statistics
  let perImage: Statistics
  let imagesPerSecond: Double

  private enum CodingKeys: String, CodingKey {
    case model, device, driver, batch, height, width, warmup, iterations
    case schemaVersion = "schema_version"
    case loadSeconds = "load_seconds"
    case prepareSeconds = "prepare_seconds"
    case first = "first_ms"
    case perBatch = "ms_per_batch"
    case perImage = "ms_per_image"
    case imagesPerSecond = "images_per_second"
  }

  /// - Parameter times: Of all runs, those of the warm-up first; more than `warmup`.
  init(
    model: String, device: String, driver: String?, input: TensorShape, warmup: Int,
    loading: Duration, preparing: Duration, times: [Duration]
  ) {
    self.model = model
    self.device = device
    self.driver = driver
    batch = input.batch
    height = input.height
    width = input.width
    self.warmup = warmup
    loadSeconds = loading / .seconds(1)
    prepareSeconds = preparing / .seconds(1)
    let milliseconds = times.map { $0 / .milliseconds(1) }
    first = milliseconds[0]
    let measured = milliseconds.dropFirst(warmup).sorted()
    iterations = measured.count
    func statistics(_ scale: Double) -> Statistics {
      let middle = measured.count / 2
      let median =
        measured.count % 2 == 1 ? measured[middle] : (measured[middle - 1] + measured[middle]) / 2
      // The nearest rank: the smallest time that 95 of 100 do not exceed.
      let rank = (measured.count * 95 + 99) / 100
      return Statistics(
        median: median * scale, min: measured[0] * scale, p95: measured[rank - 1] * scale)
    }
    perBatch = statistics(1)
    perImage = statistics(1 / Double(input.batch))
    imagesPerSecond = 1000 / perImage.median
  }

  var text: String {
    func row(_ name: String, _ statistics: Statistics) -> [String] {
      [name]
        + [statistics.median, statistics.min, statistics.p95].map { Text.fixed($0, decimals: 2) }
    }
    let seconds = { (value: Double) in Text.fixed(value, decimals: 2) + " s" }
    return """
      model    \(model), batch \(batch) at \(height)x\(width)
      device   \(device)\(driver.map { ", driver \($0)" } ?? "")
      start    loaded in \(seconds(loadSeconds)), prepared in \(seconds(prepareSeconds)), first run \
      \(Text.fixed(first, decimals: 1)) ms
      runs     \(iterations) after \(warmup) to warm up

      """
        + Text.table(
          [["ms", "median", "min", "p95"], row("batch", perBatch), row("image", perImage)],
          rightAligned: [1, 2, 3])
        + "\(Text.fixed(imagesPerSecond, decimals: 1)) images/s\n"
  }
}
