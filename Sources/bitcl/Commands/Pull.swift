import ArgumentParser
import BigTransfer
import HubCache

/// A model from the hub to this machine.
struct Pull: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Download a model from the Hugging Face hub.",
    discussion: """
      Fetches config.json, preprocessor_config.json and the best form of weights that there is \
      (safetensors before pytorch_model.bin) into the cache that Hugging Face's own tools share, and \
      prints the folder. What is there already is not fetched again; what was broken off is gone on \
      with. Every file is checked against the hash that the hub names.

      Variables are those of huggingface_hub: HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN, \
      HF_TOKEN_PATH, HF_HUB_OFFLINE, HF_HUB_DOWNLOAD_TIMEOUT, HF_HUB_ETAG_TIMEOUT, and HTTPS_PROXY, \
      NO_PROXY, SSL_CERT_FILE. BITCL_CURL_LIBRARY=PATH names the libcurl to open instead of the \
      system's.
      """)

  @Argument(
    help: ArgumentHelp(
      "The model's id, such as google/bit-50; also with a revision: google/bit-50@main.",
      valueName: "id"))
  var model: String

  @Option(help: "A branch, a tag, a commit, or a reference such as refs/pr/1. Without it, main.")
  var revision: String?

  @Flag(help: "Only list the files and their sizes.")
  var dryRun = false

  @Flag(
    help: """
      Read all files again and compare their hashes. What is damaged is removed, and the exit code \
      is 3.
      """)
  var verify = false

  @Option(help: "How to write what was done.")
  var format = ReportFormat.text

  @OptionGroup var common: CommonOptions

  func validate() throws { _ = try reference }

  private var reference: HubReference {
    get throws {
      guard let (id, named) = HubReference.parse(model) else {
        throw ValidationError(
          "'\(model)' is no id of the hub: ORGANISATION/NAME of letters, digits, '-', '_' and '.',"
            + " such as google/bit-50.")
      }
      guard let revision else { return HubReference(id, named) }
      guard let revision = Revision(revision), !model.contains("@") else {
        throw ValidationError(
          "--revision '\(revision)' is no branch, tag or commit, or the id names one as well.")
      }
      return HubReference(id, revision)
    }
  }

  func run() async throws {
    let console = common.console
    var options = PullOptions()
    options.isDryRun = dryRun
    options.verifies = verify
    let progress = DownloadReport(console)
    defer { progress.end() }
    let result = try await reference.pull(options) { progress.show($0) }
    progress.end()
    if let setback = result.setback { console.warn("\(setback) What is in the cache is listed") }
    let report = PullReport(result, isDryRun: dryRun)
    let output = ByteSink.standardOutput
    switch format {
    case .text: try output.write(report.text)
    case .json: try output.write(try JSON.encode(report) + "\n")
    }
    try output.flush()
    for message in report.damages { Console.printError(message) }
    for message in report.doubts { console.warn(message) }
    if !report.damages.isEmpty { throw EarlyExit(status: .checkFailed) }
  }
}
