import ArgumentParser
import BigTransfer

/// What a child process of this program runs; see `ChildProcess`. For the program's own use.
struct Worker: AsyncParsableCommand {
  static let name = "worker"
  static let configuration = CommandConfiguration(
    commandName: name, abstract: "Serve the program's own use.", shouldDisplay: false)

  func run() async throws {
    let channel = try WorkerChannel()
    let request = try channel.readRequest()
    channel.endWithCaller()
    do {
      switch request {
      case .devices: try channel.send(.devices(DevicesReport(.current())))
      case .validate(let request): try await validate(request, channel)
      case .golden(let request): try channel.send(.golden(try await golden(request)))
      }
    } catch {
      try channel.send(.failure(FailureNotice(error)))
    }
  }

  private func validate(_ request: ValidationRequest, _ channel: WorkerChannel) async throws {
  }

  private func golden(_ request: GoldenRequest) async throws -> GoldenReport {
    let golden = try GoldenFile(path: request.golden)
    let model = try request.model.map { try ModelSource($0) } ?? .demo
    let opened = try model.open()
    let (comparison, device) = try await GoldenComparison.run(
      opened, golden: golden, on: DeviceSelection(request.device))
    return GoldenReport(comparison, model: opened.name, device: device)
  }
}
