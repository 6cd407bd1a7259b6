#if Hub
  import Foundation
  import TestSupport
  import Testing

  @Suite("bitcl pull, and models by their hub ids")
  struct PullCommandTests {
    private static let id = "org/bit-tiny"
    private static let model = "05c_groups_32"

    /// A hub that serves a model of the fixtures, and a cache of one's own.
    private struct Place {
      let hub: HubImitation
      let folder: URL
      var environment: [String: String]

      init(in folder: URL) throws {
        self.folder = folder
        let repositories = folder.appending(path: "repositories")
        let target = repositories.appending(path: PullCommandTests.id)
        try FileManager.default.createDirectory(
          at: target, withIntermediateDirectories: true)
        for name in ["config.json", "preprocessor_config.json", "model.safetensors"] {
          try FileManager.default.copyItem(
            at: Fixtures.url("models/\(PullCommandTests.model)/\(name)"),
            to: target.appending(path: name))
        }
        hub = try HubImitation(serving: repositories)
        environment = [
          "HF_ENDPOINT": hub.endpoint, "HF_HOME": folder.appending(path: "home").path,
          "no_proxy": "127.0.0.1",
        ]
      }

      func run(
        _ arguments: String..., changes: [String: String] = [:],
        interrupt: BuiltCommand.Moment = .never
      ) async throws -> BuiltCommand.Outcome {
        try await BuiltCommand.run(
          arguments, environment: environment.merging(changes) { $1 },
          interrupt: interrupt)
      }

      private var blobs: URL { folder.appending(path: "home/hub/models--org--bit-tiny/blobs") }

      /// The weights' file is named by their SHA-256, others by a shorter hash.
      private var weightsName: String? {
        (try? FileManager.default.contentsOfDirectory(atPath: blobs.path))?
          .first { $0.count >= 64 }
      }

      var weights: URL { get throws { blobs.appending(path: try #require(weightsName)) } }

      /// Some of the weights are here.
      var isBringingWeights: Bool {
        guard let name = weightsName, name.hasSuffix(".incomplete") else { return false }
        return (try? Data(contentsOf: blobs.appending(path: name)))?.isEmpty == false
      }
    }

    @Test("pull prints the folder; a model of that id is then there without a request")
    func pull() async throws {
      try await withTemporaryDirectory { folder in
        let place = try Place(in: folder)
        let listed = try await place.run("pull", "--dry-run", Self.id)
        #expect(listed.status == 0, "\(listed.errors)")
        #expect(listed.lines.count == 4)
        #expect(listed.output.contains("model.safetensors"))
        #expect(listed.output.contains("in all"))
        let pulled = try await place.run("pull", Self.id)
        #expect(pulled.status == 0, "\(pulled.errors)")
        #expect(pulled.errors.contains("Downloading 3 files"))
        let printed = try #require(pulled.lines.first)
        #expect(FileManager.default.fileExists(atPath: "\(printed)/model.safetensors"))
        try place.hub.reset()
        let shown = try await place.run("inspect", "-m", Self.id, "--format", "json")
        #expect(shown.status == 0, "\(shown.errors)")
        #expect(try place.hub.requests.isEmpty)
      }
    }

    @Test("-m downloads what is missing")
    func model() async throws {
      try await withTemporaryDirectory { folder in
        let place = try Place(in: folder)
        let first = try await place.run("inspect", "-q", "-m", "\(Self.id)@main")
        #expect(first.status == 0, "\(first.errors)")
        #expect(try !place.hub.requests.isEmpty)
        try place.hub.reset()
        let second = try await place.run("inspect", "-q", "-m", Self.id)
        #expect(second.output == first.output)
        #expect(try place.hub.requests.isEmpty)
      }
    }

    @Test("pull --verify finds damage, and the next pull mends it")
    func verify() async throws {
      try await withTemporaryDirectory { folder in
        let place = try Place(in: folder)
        #expect(try await place.run("pull", Self.id).status == 0)
        #expect(try await place.run("pull", "--verify", Self.id).status == 0)
        var bytes = try Data(contentsOf: place.weights)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: place.weights)
        let found = try await place.run("pull", "--verify", "--format", "json", Self.id)
        #expect(found.status == 3)
        #expect(found.errors.contains("model.safetensors was damaged"))
        let files = try found.json()["files"] as? [[String: Any]]
        #expect(files?.compactMap { $0["verdict"] as? String } == ["sound", "sound", "damaged"])
        #expect(try await place.run("pull", Self.id).status == 0)
        #expect(try await place.run("pull", "--verify", Self.id).status == 0)
      }
    }

    @Test("errors have their codes and say what to do")
    func errors() async throws {
      try await withTemporaryDirectory { folder in
        let place = try Place(in: folder)
        func expect(
          _ status: Int32, _ message: String, _ arguments: [String],
          _ changes: [String: String] = [:]
        ) async throws {
          let result = try await BuiltCommand.run(
            arguments, environment: place.environment.merging(changes) { $1 })
          #expect(result.status == status, "\(arguments) \(result.errors)")
          #expect(result.errors.contains(message), "\(arguments) \(result.errors)")
          #expect(result.output.isEmpty)
        }
        try await expect(64, "no id of the hub", ["pull", "nonsense"])
        try await expect(64, "--revision", ["pull", Self.id, "--revision", "../x"])
        try await expect(66, "HF_TOKEN", ["pull", "org/other"])
        try await expect(66, "no revision 'v9'", ["pull", Self.id, "--revision", "v9"])
        try await expect(66, "HF_HUB_OFFLINE", ["pull", Self.id], ["HF_HUB_OFFLINE": "1"])
        try await expect(66, "HF_HUB_OFFLINE", ["inspect", "-m", Self.id], ["HF_HUB_OFFLINE": "1"])
        try await expect(
          69, "HF_ENDPOINT", ["inspect", "-m", Self.id], ["HF_ENDPOINT": "http://127.0.0.1:1"])
        try await expect(
          69, "apt install libcurl4", ["pull", Self.id], ["BITCL_CURL_LIBRARY": "/none.so"])
        try await expect(1, "/dev/null", ["pull", Self.id], ["HF_HOME": "/dev/null"])
        try place.hub.misbehave(
          "corrupt", path: "model.safetensors", origin: "storage", times: 9)
        try await expect(65, "expected the hash", ["inspect", "-q", "-m", Self.id])
      }
    }

    @Test("an interrupt ends a download with 130, and the next one goes on")
    func interrupt() async throws {
      try await withTemporaryDirectory { folder in
        let place = try Place(in: folder)
        try place.hub.misbehave(
          "slow", path: "model.safetensors", origin: "storage", ["seconds": 60])
        let result = try await place.run(
          "pull", Self.id, interrupt: .once { place.isBringingWeights })
        #expect(result.status == 130, "\(result.errors)")
        #expect(try place.weights.lastPathComponent.hasSuffix(".incomplete"))
        try place.hub.reset()
        #expect(try await place.run("pull", Self.id).status == 0)
        #expect(try place.hub.requests.contains { $0.range != nil })
      }
    }
  }
#endif
