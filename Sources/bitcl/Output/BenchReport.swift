import BigTransfer

/// What `bench` says of one size and batch; its JSON is this structure. Times are in milliseconds
/// unless named otherwise.
struct BenchReport: Encodable {
  /// What all measurements of a model on a device share.
  struct Subject {
    let model: String
    let device: String
    let driver: String?
    let loading: Duration
    let preparing: Duration
    let warmup: Int
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
  /// The very first run of this size, in which drivers may still compile and allocate.
  let first: Double
  let perBatch: TimeStatistics
  let perImage: TimeStatistics
  let imagesPerSecond: Double
  let operations: OperationTimes?

  private enum CodingKeys: String, CodingKey {
    case model, device, driver, batch, height, width, warmup, iterations, operations
    case schemaVersion = "schema_version"
    case loadSeconds = "load_seconds"
    case prepareSeconds = "prepare_seconds"
    case first = "first_ms"
    case perBatch = "ms_per_batch"
    case perImage = "ms_per_image"
    case imagesPerSecond = "images_per_second"
  }

  /// - Parameter times: Of all runs, those of the warm-up first; more than those.
  init(
    _ subject: Subject, input: TensorShape, times: [Duration], operations: OperationTimes? = nil
  ) {
    model = subject.model
    device = subject.device
    driver = subject.driver
    batch = input.batch
    height = input.height
    width = input.width
    warmup = subject.warmup
    loadSeconds = subject.loading / .seconds(1)
    prepareSeconds = subject.preparing / .seconds(1)
    let measured = Array(times.dropFirst(warmup))
    iterations = measured.count
    first = times[0] / .milliseconds(1)
    perBatch = TimeStatistics(measured)
    perImage = TimeStatistics(measured, dividedBy: input.batch)
    imagesPerSecond = 1000 / perImage.median
    self.operations = operations
  }

  /// What comes before the rows.
  static func heading(_ subject: Subject) -> String {
    let seconds = { (value: Duration) in Text.fixed(value / .seconds(1), decimals: 2) + " s" }
    return """
      model   \(subject.model)
      device  \(subject.device)\(subject.driver.map { ", driver \($0)" } ?? "")
      start   loaded in \(seconds(subject.loading)), prepared in \(seconds(subject.preparing))

      """ + line(columns)
  }

  private static let columns = [
    "size", "batch", "first ms", "p50 ms", "p95 ms", "p99 ms", "ms/image", "images/s", "runs",
  ]

  /// A row of the table, and the operations if they were timed.
  var text: String { row + (operations.map { "\n\($0.text)\n" } ?? "") }

  /// Written when it is measured: so its columns have fixed widths.
  private var row: String {
    Self.line(
      ["\(height)x\(width)", "\(batch)", Text.fixed(first, decimals: 1)]
        + [perBatch.median, perBatch.p95, perBatch.p99, perImage.median].map {
          Text.fixed($0, decimals: 2)
        } + [Text.fixed(imagesPerSecond, decimals: 1), "\(iterations)"])
  }

  private static func line(_ cells: [String]) -> String {
    cells.enumerated().map { column, cell in
      let width = column == 0 ? 9 : 8
      return String(repeating: " ", count: max(0, width - cell.count)) + cell
    }.joined(separator: "  ") + "\n"
  }
}
