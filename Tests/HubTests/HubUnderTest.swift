#if Hub
  import Foundation
  import HubCache
  import HuggingFaceHub
  import TestSupport
  import Testing

  /// An imitation of the hub with one model, and a cache of its own.
  struct HubUnderTest {
    static let id = "org/bit"
    static let weights = "model.safetensors"
    /// Large enough to be kept by the storage, and to come in several pieces.
    static let weightsSize = 3 << 20

    let hub: HubImitation
    let folder: URL
    var environment: [String: String]

    var cache: URL { folder.appending(path: "home/hub") }
    var repository: URL { cache.appending(path: "models--org--bit") }
    var source: URL { folder.appending(path: "repositories/\(Self.id)") }

    /// - Parameter options: As `HubImitation.init` has them.
    init(in folder: URL, options: [String] = []) throws {
      self.folder = folder
      let source = folder.appending(path: "repositories/\(Self.id)")
      try FileManager.default.createDirectory(at: source, withIntermediateDirectories: true)
      var random = SplitMix64(seed: 1)
      let weights = Data(
        (0..<Self.weightsSize / 8).flatMap { _ in
          withUnsafeBytes(of: random.next()) { Array($0) }
        })
      let files: [(String, Data)] = [
        ("config.json", Data(#"{"model_type": "bit"}"#.utf8)),
        ("preprocessor_config.json", Data("{}".utf8)), ("README.md", Data("# a model".utf8)),
        (Self.weights, weights), ("pytorch_model.bin", weights),
      ]
      for (name, data) in files { try data.write(to: source.appending(path: name)) }
      hub = try HubImitation(
        serving: folder.appending(path: "repositories"), options: options)
      environment = ["HF_ENDPOINT": hub.endpoint, "HF_HOME": folder.appending(path: "home").path]
    }

    /// As the program has them, but impatient.
    func settings() throws -> HubSettings {
      var settings = try HubSettings(environment: environment)
      settings.retries.firstDelay = .milliseconds(2)
      settings.stallTimeout = .seconds(1)
      return settings
    }

    @discardableResult
    func pull(
      _ revision: String = "main", _ options: PullOptions = PullOptions(),
      change: (inout HubSettings) -> Void = { _ in },
      report: @escaping @Sendable (PullEvent) -> Void = { _ in }
    ) async throws -> PullResult {
      var settings = try settings()
      change(&settings)
      let pull = HubPull(
        try #require(RepositoryID(Self.id)), try #require(Revision(revision)), settings: settings,
        options: options)
      return try await pull.run(report: report)
    }

    /// Whether a snapshot holds what the hub holds.
    func isComplete(_ result: PullResult) throws -> Bool {
      try ["config.json", "preprocessor_config.json", Self.weights].allSatisfy { name in
        try Data(contentsOf: URL(filePath: "\(result.folder)/\(name)"))
          == Data(contentsOf: source.appending(path: name))
      }
    }

    /// Names below the repository's folder in the cache.
    func names(in subfolder: String) -> [String] {
      let path = repository.appending(path: subfolder).path
      return (FileManager.default.enumerator(atPath: path)?.allObjects as? [String] ?? []).sorted()
    }
  }
#endif
