import ArgumentParser
import BigTransfer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

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
      case .devices(let words): try channel.send(devices(words))
      case .selfCheck(let device): try channel.send(.selfCheck(try await selfCheck(device)))
      case .validate(let request): try await validate(request, channel)
      case .golden(let request): try channel.send(.golden(try await golden(request)))
      }
    } catch {
      try channel.send(.failure(FailureNotice(error)))
    }
  }

  private func devices(_ words: [String]) -> WorkerEvent {
    let inventory = DeviceInventory.current()
    let choices = words.map { word in
      do {
        let id = try DeviceSelection(word).firstChoice(in: inventory)
        return DeviceChoice(word: word, id: id, failure: nil)
      } catch {
        return DeviceChoice(word: word, id: nil, failure: FailureNotice(error))
      }
    }
    return .devices(DevicesReport(inventory), choices: choices)
  }

  private func selfCheck(_ id: Device.ID) async throws -> SelfCheckOutcome {
    guard let device = DeviceInventory.current().devices.first(where: { $0.id == id }) else {
      return .failed(because: "there is no device \(id)")
    }
    return try await device.runSelfCheck()
  }

  private func validate(_ request: ValidationRequest, _ channel: WorkerChannel) async throws {
    let model = try Self.model(request.model)
    var options = try ValidationOptions(
      model: model, images: request.images.map { ($0, .file($0)) })
    options.repeats = request.repeats
    options.seed = request.seed
    options.timeBudget = .seconds(request.secondsAllowed)
    options.failsFast = request.failsFast
    options.oracleFolder = request.oracleFolder.map {
      URL(filePath: $0, directoryHint: .isDirectory)
    }
    try await DeviceValidation(DeviceSelection(request.device), options: options)
      .run { event in try channel.send(.validation(event)) }
  }

  private func golden(_ request: GoldenRequest) async throws -> GoldenReport {
    let golden = try GoldenFile(path: request.golden)
    let model = try Self.model(request.model)
    let (comparison, device) = try await GoldenComparison.run(
      model, golden: golden, on: DeviceSelection(request.device))
    return GoldenReport(comparison, model: model.name, device: device)
  }

  private static func model(_ name: String?) throws -> Model {
    try (name.map { try ModelSource($0) } ?? .demo).open()
  }
}
