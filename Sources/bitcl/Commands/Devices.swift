import ArgumentParser
import BigTransfer

/// What there is to compute on.
struct Devices: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the OpenCL devices, which one would be chosen, and what is missing.",
    discussion: """
      BITCL_OPENCL_LIBRARY=PATH names the OpenCL loader to open instead of the system's.
      """)

  @Option(help: "How to write the list.")
  var format = ReportFormat.text

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let survey = try await DriverSurvey.run()
    for fault in survey.faults { common.console.warn(fault.warning) }
    guard var report = survey.devices else { throw EarlyExit(status: .unavailable) }
    report.faults = survey.faults
    let output = ByteSink.standardOutput
    switch format {
    case .text: try output.write(report.text)
    case .json: try output.write(try JSON.encode(report) + "\n")
    }
    try output.flush()
  }
}
