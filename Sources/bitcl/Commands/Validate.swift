import ArgumentParser
import BigTransfer

/// A device's numbers beside known ones.
struct Validate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check what devices compute against the oracle, or against golden results.",
    discussion: """
      Every operation and whole networks, layer by layer, are computed on each device and by the \
      oracle in double precision. Each device has a process of its own: one whose driver crashes or \
      hangs is a row that fails. Images are classified on all devices and compared.

      With --golden, a model's results are compared with those of a safetensors file instead: \
      pixel_values and any of logits, pooler_output, last_hidden_state, hidden_states.i, \
      feature_maps.i, modules.<path> and standardized_weights.<path>.

      The exit code is 3 if a device fails.
      """)

  @Argument(help: "Images to classify on every device; they are prepared as the model wants them.")
  var images: [String] = []

  @OptionGroup var modelOptions: ModelOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Which device to check; repeat it for several. Words as in 'bitcl classify'. Without it, the"
        + " one that would be chosen.", valueName: "device"))
  var device: [DeviceSelection] = []

  @Flag(help: "Check every OpenCL device of every platform, and cpu; -d adds to them.")
  var all = false

  @Option(help: ArgumentHelp("Compare with the results in a file instead.", valueName: "file"))
  var golden: String?

  @Flag(help: "List every layer, not only those that are wrong.")
  var perLayer = false

  @Option(
    name: .customLong("repeat"),
    help: ArgumentHelp("How often to repeat what must give the same bits.", valueName: "count"))
  var repeats = 3

  @Option(help: "What random inputs are drawn from.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "What a device may take at most. Without it 600, and with --golden no limit.",
      valueName: "seconds"))
  var timeLimit: Double?

  @Flag(help: "Make no further checks of a device after one that fails.")
  var failFast = false

  @Option(help: ArgumentHelp("Write a page of HTML as well.", valueName: "file"))
  var report: String?

  @Option(help: ArgumentHelp("Write the results as JSON as well.", valueName: "file"))
  var json: String?

  @Option(help: "How to write the results.")
  var format = ReportFormat.text

  @OptionGroup var common: CommonOptions

  static let longestTimeLimit = 1e6

  func validate() throws {
    guard (2...1000).contains(repeats) else { throw ValidationError("--repeat must be 2 to 1000.") }
    if let timeLimit, !(1...Self.longestTimeLimit).contains(timeLimit) {
      throw ValidationError("--time-limit must be 1 to 1000000 seconds.")
    }
    if images.contains("-") {
      throw ValidationError("Images from standard input cannot be given to several devices.")
    }
    guard golden != nil else { return }
    if report != nil || json != nil || perLayer || failFast || !images.isEmpty {
      throw ValidationError(
        "--golden goes with neither --report, --json, --per-layer, --fail-fast nor images.")
    }
  }

  func run() async throws {
    if let golden {
      try await GoldenValidation(golden: golden, command: self).run()
    } else {
      try await OracleValidation(command: self).run()
    }
  }

  /// What the drivers offer, and the ids of the devices that were asked for, each once.
  /// - Throws: `CommandFailure` where one is not there.
  func devices() async throws -> (survey: DriverSurvey, ids: [String]) {
    let named = device.map(\.description)
    let words = all ? ["cpu"] + named : named.isEmpty ? ["auto"] : named
    let survey: DriverSurvey
    if !all, words.allSatisfy({ ["cpu", "reference"].contains($0) }) {
      survey = .withoutOpenCL(words)
    } else {
      let limit = Duration.seconds(timeLimit ?? Self.longestTimeLimit)
      survey = try await DriverSurvey.run(
        words: words, limit: min(DriverSurvey.defaultLimit, limit))
    }
    for fault in survey.faults { common.console.warn(fault.warning) }
    guard !survey.choices.isEmpty else {
      throw CommandFailure(
        .unavailable, "OpenCL cannot be used, as the warning says. Use the device 'cpu'")
    }
    if all, let devices = survey.devices, devices.platforms.allSatisfy(\.devices.isEmpty) {
      for finding in devices.findings {
        common.console.warn(finding.problem + (finding.advice.map { ". To mend it: \($0)" } ?? ""))
      }
    }
    var ids = all ? survey.devices?.platforms.flatMap(\.devices).map(\.id) ?? [] : []
    for choice in survey.choices {
      if let failure = choice.failure { throw failure.failure }
      if let id = choice.id, !ids.contains(id) { ids.append(id) }
    }
    return (survey, ids)
  }
}
