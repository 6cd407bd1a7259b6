#if Hub
  import Foundation
  import HubCache
  import HuggingFaceHub
  import Synchronization
  import TestSupport
  import Testing

  @Suite("downloads")
  struct PullTests {
    private static let sizeOfConfig = 21

    @Test("bring what a model needs, with links and references as huggingface_hub makes them")
    func layout() async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        let result = try await hub.pull()
        #expect(try hub.isComplete(result))
        let commit = String(result.folder.suffix(40))
        #expect(
          try String(contentsOf: hub.repository.appending(path: "refs/main"), encoding: .utf8)
            == commit)
        #expect(hub.names(in: "blobs").map(\.count).sorted() == [40, 40, 64])
        #expect(hub.names(in: "snapshots/\(commit)").count == 3)
        for name in hub.names(in: "snapshots/\(commit)") {
          let target = try FileManager.default.destinationOfSymbolicLink(
            atPath: "\(result.folder)/\(name)")
          #expect(target.hasPrefix("../../blobs/"))
        }
        let paths = try hub.hub.requests.map(\.path)
        #expect(!paths.contains { $0.contains("pytorch") || $0.contains("README") })
      }
    }

    @Test("a commit that is there is not asked for again, a branch is asked about once")
    func cached() async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        let first = try await hub.pull()
        try hub.hub.reset()
        let second = try await hub.pull(String(first.folder.suffix(40)))
        #expect(second.folder == first.folder)
        #expect(try hub.hub.requests.isEmpty)
        try await hub.pull()
        #expect(try hub.hub.requests.count == 1)
      }
    }

    @Test("a branch that moved on brings the new files and keeps the others")
    func moved() async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        let first = try await hub.pull()
        try Data("{ }".utf8).write(to: hub.source.appending(path: "config.json"))
        try hub.hub.reset()
        let second = try await hub.pull()
        #expect(second.folder != first.folder)
        #expect(try hub.isComplete(second))
        // The weights are the same blob.
        #expect(try hub.hub.requests.allSatisfy { $0.origin == "hub" })
      }
    }

    @Test("a dry run names files and sizes, and leaves nothing")
    func dryRun() async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        var options = PullOptions()
        options.isDryRun = true
        let result = try await hub.pull("main", options)
        #expect(result.files.map(\.byteCount) == [Self.sizeOfConfig, 2, HubUnderTest.weightsSize])
        #expect(result.files.allSatisfy { !$0.isCached })
        #expect(!FileManager.default.fileExists(atPath: hub.cache.path))
      }
    }

    @Test("where there are no links, files are copies, and used as well")
    func copies() async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        let result = try await hub.pull { $0.usesSymbolicLinks = false }
        #expect(try hub.isComplete(result))
        #expect(hub.names(in: "blobs").isEmpty)
        try hub.hub.reset()
        try await hub.pull { $0.usesSymbolicLinks = false }
        #expect(try hub.hub.requests.count == 1)
        var options = PullOptions()
        options.verifies = true
        let verdicts = try await hub.pull("main", options).files.map(\.verdict)
        #expect(verdicts == [.sound, .sound, .sound])
      }
    }

    @Test("damage is found and removed, and the next pull mends it", arguments: [true, false])
    func verification(isOffline: Bool) async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        let result = try await hub.pull()
        let blob = hub.repository.appending(
          path: "blobs/\(try #require(hub.names(in: "blobs").first { $0.count == 64 }))")
        var bytes = try Data(contentsOf: blob)
        bytes[1_234_567] ^= 1
        try bytes.write(to: blob)
        var options = PullOptions()
        options.verifies = true
        let verdicts = try await hub.pull("main", options) { $0.isOffline = isOffline }
          .files.map(\.verdict)
        #expect(verdicts[..<2] == [.sound, .sound])
        guard case .damaged? = verdicts[2] else {
          Issue.record("\(verdicts)")
          return
        }
        #expect(!FileManager.default.fileExists(atPath: blob.path))
        #expect(try hub.isComplete(try await hub.pull()))
        #expect(result.folder.isEmpty == false)
      }
    }

    @Test("a mirror without listings is asked file by file")
    func noListing() async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        try FileManager.default.removeItem(
          at: hub.source.appending(path: "preprocessor_config.json"))
        try hub.hub.misbehave("status", path: "/api/", times: 99, ["status": 404])
        let result = try await hub.pull()
        #expect(result.files.map(\.name) == ["config.json", HubUnderTest.weights])
        let commit = String(result.folder.suffix(40))
        #expect(hub.names(in: ".no_exist/\(commit)") == ["preprocessor_config.json"])
      }
    }

    @Test("offline, what is there is used, and what is not is an error without a request")
    func offline() async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        await #expect(throws: HubError.offline(id: HubUnderTest.id)) {
          try await hub.pull { $0.isOffline = true }
        }
        #expect(try hub.hub.requests.isEmpty)
        let first = try await hub.pull()
        #expect(try await hub.pull { $0.isOffline = true }.folder == first.folder)
      }
    }

    @Test("a hub that does not answer is no hindrance where all is there")
    func unreachable() async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        try await hub.pull()
        let result = try await hub.pull { $0.endpoint = "http://127.0.0.1:1" }
        #expect(result.setback != nil)
        #expect(try hub.isComplete(result))
      }
    }

    @Test("a download that is cancelled is kept, and gone on with")
    func cancellation() async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        try hub.hub.misbehave(
          "slow", path: HubUnderTest.weights, origin: "storage", ["seconds": 30])
        let begun = AsyncStream<Void>.makeStream()
        let task = Task {
          try await hub.pull(report: { event in
            if case .progress(let done) = event, done > 1000 { begun.continuation.finish() }
          })
        }
        for await _ in begun.stream {}
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        let partial = try #require(hub.names(in: "blobs").first { $0.hasSuffix(".incomplete") })
        #expect(partial.count == 64 + ".incomplete".count)
        try hub.hub.reset()
        #expect(try hub.isComplete(try await hub.pull()))
        let ranges = try hub.hub.requests.compactMap(\.range)
        #expect(!ranges.isEmpty && !ranges.contains("bytes=0-"))
        #expect(!hub.names(in: "blobs").contains { $0.hasSuffix(".incomplete") })
      }
    }

    @Test(
      "what is left of another download, and wrong, is thrown away", arguments: [1000, 4 << 20])
    func wrongRest(size: Int) async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        let first = try await hub.pull()
        let blob = try FileManager.default.destinationOfSymbolicLink(
          atPath: "\(first.folder)/\(HubUnderTest.weights)"
        ).split(separator: "/").last
        try FileManager.default.removeItem(at: hub.cache)
        let rest = hub.repository.appending(path: "blobs/\(try #require(blob)).incomplete")
        try FileManager.default.createDirectory(
          at: rest.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(repeating: 7, count: size).write(to: rest)
        #expect(try hub.isComplete(try await hub.pull()))
      }
    }

    @Test("many at once get the same, and fetch the weights once")
    func concurrent() async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        try hub.hub.misbehave("slow", path: HubUnderTest.weights, origin: "storage")
        try await withThrowingTaskGroup(of: Bool.self) { group in
          for _ in 0..<6 { group.addTask { try hub.isComplete(try await hub.pull()) } }
          for try await isComplete in group { #expect(isComplete) }
        }
        #expect(try hub.hub.requests.count { $0.origin == "storage" } == 1)
        #expect(hub.names(in: "blobs").count == 3)
      }
    }

    @Test("a place that cannot be written to is named")
    func unwritable() async throws {
      try await withTemporaryDirectory { folder in
        var hub = try HubUnderTest(in: folder)
        let file = folder.appending(path: "file")
        try Data().write(to: file)
        hub.environment["HF_HOME"] = file.path
        let failure = await #expect(throws: HubError.self) { try await hub.pull() }
        #expect(failure?.kind == .storage)
        #expect(failure?.description.contains(file.path) == true)
      }
    }
  }
#endif
