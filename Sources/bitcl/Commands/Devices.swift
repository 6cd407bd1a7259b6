import ArgumentParser
import BigTransfer

/// What there is to compute on.
struct Devices: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the OpenCL devices, which one would be chosen, and what is missing.",
    discussion: """
      BITCL_OPENCL_LIBRARY=PATH names the OpenCL loader to open instead of the system's.
      """)

  @Option(help: "How to write the list.")
  var format = ReportFormat.text

  @OptionGroup var common: CommonOptions

  func run() throws {
    let report = DevicesReport(.current())
    let output = ByteSink.standardOutput
    switch format {
    case .text: try output.write(report.text)
    case .json: try output.write(try JSON.encode(report) + "\n")
    }
    try output.flush()
  }
}
