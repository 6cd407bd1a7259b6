#if Hub
  import Foundation
  import HubCache
  import HuggingFaceHub
  import TestSupport
  import Testing

  @Suite("a hub that misbehaves")
  struct MisbehavingHubTests {
    struct Fault: Sendable, CustomTestStringConvertible {
      let misdeed: String
      var path = HubUnderTest.weights
      var origin: String?
      var method: String?
      var times = 1
      var details: [String: any Sendable] = [:]
      /// For faults that stay.
      var kind = HubError.Kind.invalidData
      var message = ""

      var testDescription: String { "\(misdeed) \(path) \(origin ?? "") ×\(times) \(details)" }
    }

    static let passing = [
      Fault(misdeed: "drop", origin: "storage"),
      Fault(misdeed: "drop", origin: "storage", times: 3),
      Fault(misdeed: "drop", origin: "storage", times: 2, details: ["after": 0]),
      Fault(misdeed: "close", times: 2),
      Fault(misdeed: "close", path: "/api/"),
      Fault(misdeed: "garbage", path: "/api/"),
      Fault(misdeed: "garbage", origin: "storage"),
      Fault(misdeed: "stall-within", origin: "storage", details: ["seconds": 3]),
      Fault(misdeed: "stall", path: "config.json", details: ["seconds": 3]),
      Fault(misdeed: "slow", origin: "storage", details: ["seconds": 1.5]),
      Fault(misdeed: "gzip", path: "config.json", method: "GET"),
      Fault(misdeed: "gzip", origin: "storage"),
      Fault(misdeed: "status", path: "/api/", times: 2, details: ["status": 500]),
      Fault(misdeed: "status", path: "config.json", times: 3, details: ["status": 503]),
      Fault(misdeed: "status", origin: "storage", times: 2, details: ["status": 502]),
      Fault(misdeed: "status", origin: "storage", details: ["status": 403]),
      Fault(
        misdeed: "status", path: "/api/",
        details: ["status": 429, "headers": ["Retry-After": "1"]]),
      Fault(misdeed: "status", path: "/api/", details: ["status": 429, "retry_at": 1]),
      Fault(misdeed: "status", details: ["status": 408, "length": 1 << 20]),
      Fault(
        misdeed: "redirect", path: "/api/", details: ["to": "/api/models/org/bit/revision/main"]),
    ]

    @Test("and then behaves: all is there in the end", arguments: passing)
    func recovers(fault: Fault) async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        try hub.hub.misbehave(
          fault.misdeed, path: fault.path, origin: fault.origin, method: fault.method,
          times: fault.times, fault.details)
        #expect(try hub.isComplete(try await hub.pull()))
        #expect(!hub.names(in: "blobs").contains { $0.hasSuffix(".incomplete") })
      }
    }

    @Test(
      "after a connection broke, a server that does not do what it was asked for",
      arguments: [("ignore-range", 0), ("none", 1), ("none", -1), ("gzip", 0), ("corrupt", 0)])
    func resumes(misdeed: String, shift: Int) async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        try hub.hub.misbehave("drop", path: HubUnderTest.weights, origin: "storage")
        try hub.hub.misbehave(
          misdeed, path: HubUnderTest.weights, origin: "storage", ["shift": shift])
        if misdeed == "corrupt" {
          let failure = await #expect(throws: HubError.self) { try await hub.pull() }
          #expect(failure?.kind == .invalidData)
        }
        #expect(try hub.isComplete(try await hub.pull()))
        #expect(try hub.hub.requests.contains { $0.range != nil })
      }
    }

    static let lasting = [
      Fault(misdeed: "corrupt", origin: "storage", message: "hash"),
      Fault(misdeed: "corrupt", path: "config.json", message: "hash"),
      Fault(misdeed: "short", origin: "storage", message: "\(HubUnderTest.weightsSize) bytes"),
      Fault(misdeed: "long", origin: "storage", message: "\(HubUnderTest.weightsSize) bytes"),
      Fault(misdeed: "endless", origin: "storage", message: "more"),
      Fault(misdeed: "endless", path: "/api/", message: "longer than any"),
      Fault(misdeed: "answer", path: "/api/", details: ["body": "<html>Log in</html>"]),
      Fault(
        misdeed: "answer", path: "/api/",
        details: ["body": #"{"sha": "../../x", "siblings": []}"#], message: "no commit"),
      Fault(
        misdeed: "headers", path: "config.json", details: ["headers": ["ETag": "\"../../x\""]],
        message: "no hash"),
      Fault(
        misdeed: "headers", details: ["headers": ["X-Linked-ETag": "\"../../x\""]],
        message: "no hash"),
      Fault(
        misdeed: "headers", path: "config.json", details: ["headers": ["X-Repo-Commit": "../x"]],
        message: "X-Repo-Commit"),
      Fault(misdeed: "redirect", details: ["to": "file:///etc/passwd"]),
      Fault(misdeed: "redirect", path: "/", details: ["to": "/again"], message: "on and on"),
      Fault(
        misdeed: "status", path: "/api/", details: ["status": 401], kind: .notFound,
        message: "HF_TOKEN"),
      Fault(
        misdeed: "status", path: "/api/",
        details: ["status": 403, "headers": ["X-Error-Code": "GatedRepo"]], kind: .notFound,
        message: "terms"),
      Fault(
        misdeed: "status", path: "/api/",
        details: ["status": 404, "headers": ["X-Error-Code": "RepoNotFound"]], kind: .notFound,
        message: "no such repository"),
      Fault(
        misdeed: "status", path: "/api/",
        details: ["status": 404, "headers": ["X-Error-Code": "RevisionNotFound"]],
        kind: .notFound, message: "revision"),
      Fault(misdeed: "status", details: ["status": 404], kind: .notFound, message: "no file"),
      Fault(misdeed: "status", path: "/api/", details: ["status": 400], message: "HTTP 400"),
      Fault(misdeed: "status", path: "/api/", details: ["status": 500], kind: .unavailable),
      Fault(misdeed: "status", origin: "storage", details: ["status": 404], kind: .unavailable),
      Fault(
        misdeed: "status", path: "/api/",
        details: ["status": 429, "headers": ["Retry-After": "3600"]], kind: .unavailable,
        message: "3600 s"),
      Fault(misdeed: "close", path: "/api/", kind: .unavailable),
      Fault(misdeed: "drop", origin: "storage", details: ["after": 0], kind: .unavailable),
    ]

    @Test("for good: an error that says so, and no wrong file", arguments: lasting)
    func fails(fault: Fault) async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        try hub.hub.misbehave(
          fault.misdeed, path: fault.path, origin: fault.origin, times: 1000, fault.details)
        let failure = await #expect(throws: HubError.self) { try await hub.pull() }
        #expect(failure?.kind == fault.kind, "\(String(describing: failure))")
        #expect(
          fault.message.isEmpty || failure?.description.contains(fault.message) == true,
          "\(String(describing: failure))")
        #expect(!hub.names(in: "blobs").contains { $0.count == 64 })
        let known = ["home", "repositories"]
        #expect(
          try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy(
            known.contains))
        // Nothing stands in the way afterwards.
        try hub.hub.reset()
        #expect(try hub.isComplete(try await hub.pull()))
      }
    }

    @Test(
      "names that lead out of the cache are refused, or not looked at",
      arguments: [
        "../../../evil.safetensors", "/tmp/evil.safetensors", "..\\evil.safetensors",
        "model-\0.safetensors", ".evil.safetensors", "C:evil.safetensors",
        String(repeating: "a", count: 300) + ".safetensors",
      ])
    func names(name: String) async throws {
      try await withTemporaryDirectory { folder in
        let hub = try HubUnderTest(in: folder)
        // As a file of the listing, beside sound ones.
        try hub.hub.misbehave("siblings", path: "/api/", ["siblings": [name, "sub/" + name]])
        #expect(try hub.isComplete(try await hub.pull()))
        // As one that an index names.
        try FileManager.default.removeItem(at: hub.source.appending(path: HubUnderTest.weights))
        let index = try JSONSerialization.data(withJSONObject: ["weight_map": ["a": name]])
        try index.write(to: hub.source.appending(path: "model.safetensors.index.json"))
        await #expect(throws: HubError.unsafeName(name: name, id: HubUnderTest.id)) {
          try await hub.pull()
        }
        #expect(!hub.names(in: "").contains { $0.contains("evil") })
      }
    }

    @Test("the token is sent to the hub and to nobody else")
    func token() async throws {
      try await withTemporaryDirectory { folder in
        var hub = try HubUnderTest(in: folder, options: ["--token", "hf_secret"])
        let failure = await #expect(throws: HubError.self) { try await hub.pull() }
        #expect(failure?.kind == .notFound)
        hub.environment["HF_TOKEN"] = " hf_secret\n"
        // A question that is sent on, too.
        try hub.hub.misbehave("redirect", path: "/api/", ["to": "{storage}/api/models"])
        _ = try? await hub.pull()
        #expect(try hub.isComplete(try await hub.pull()))
        let requests = try hub.hub.requests
        #expect(requests.contains { $0.origin == "storage" && $0.path.hasPrefix("/api") })
        #expect(!requests.contains { $0.origin == "storage" && $0.authorized })
        #expect(requests.contains { $0.origin == "hub" && $0.authorized })
      }
    }

    @Test("over TLS, an authority that is trusted is needed, and plain http is not gone to")
    func tls() async throws {
      try await withTemporaryDirectory { folder in
        let authority = try TestAuthority(in: folder)
        var hub = try HubUnderTest(
          in: folder, options: ["--tls", authority.certificate, authority.key])
        let failure = await #expect(throws: HubError.self) { try await hub.pull() }
        #expect(failure?.kind == .unavailable)
        #expect(failure?.description.contains("SSL_CERT_FILE") == true)
        hub.environment["SSL_CERT_FILE"] = authority.root
        try hub.hub.misbehave("redirect", path: "/api/", ["to": "http://127.0.0.1:1/"])
        let downgrade = await #expect(throws: HubError.self) { try await hub.pull() }
        #expect(downgrade?.description.contains("plain http") == true)
        #expect(try hub.isComplete(try await hub.pull()))
      }
    }
  }
#endif
