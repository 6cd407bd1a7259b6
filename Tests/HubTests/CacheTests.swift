import Foundation
import HubCache
import TestSupport
import Testing

@Suite("the hub's cache")
struct CacheTests {
  struct Place: Sendable {
    let environment: [String: String]
    let root: String
  }

  @Test(
    "is where huggingface_hub has it",
    arguments: [
      Place(environment: ["HF_HUB_CACHE": "/c", "HF_HOME": "/h"], root: "/c"),
      Place(environment: ["HUGGINGFACE_HUB_CACHE": "/c", "HF_HOME": "/h"], root: "/c"),
      Place(environment: ["HF_HOME": "/h/", "XDG_CACHE_HOME": "/x"], root: "/h/hub"),
      Place(environment: ["XDG_CACHE_HOME": "/x", "HOME": "/u"], root: "/x/huggingface/hub"),
      Place(environment: ["HOME": "/u"], root: "/u/.cache/huggingface/hub"),
      Place(environment: ["HOME": "/u", "HF_HOME": "~/h"], root: "/u/h/hub"),
      Place(environment: ["HOME": "/u", "HF_HOME": ""], root: "/u/.cache/huggingface/hub"),
      Place(environment: ["HF_HOME": "$A/${B}/$C$", "A": "/a", "B": "b"], root: "/a/b/$C$/hub"),
    ])
  func places(place: Place) {
    #expect(HubCache(environment: place.environment)?.root == place.root)
  }

  private static let commit = String(repeating: "0123456789", count: 4)

  @Test("a revision leads to its snapshot, and nowhere else")
  func references() throws {
    try withTemporaryDirectory { folder in
      let cache = HubCache(root: folder.path)
      let id = try #require(RepositoryID("org/name"))
      let repository = folder.appending(path: "models--org--name")
      try write("{}", to: repository.appending(path: "snapshots/\(Self.commit)/config.json"))
      #expect(cache.snapshot(of: id, .main) == nil)
      let reference = repository.appending(path: "refs/main")
      for text in [Self.commit, Self.commit + "\n"] {
        try write(text, to: reference)
        let snapshot = try #require(cache.snapshot(of: id, .main))
        #expect(snapshot.has("config.json"))
        #expect(snapshot.state == .incomplete)
      }
      for text in ["", "../../..", Self.commit + "0", String(repeating: "0", count: 1000)] {
        try write(text, to: reference)
        #expect(cache.snapshot(of: id, .main) == nil)
      }
    }
  }

  @Test("what is missing of a snapshot is known without asking")
  func states() throws {
    try withTemporaryDirectory { folder in
      let id = try #require(RepositoryID("org/name"))
      let repository = folder.appending(path: "models--org--name")
      let files = repository.appending(path: "snapshots/\(Self.commit)")
      let revision = try #require(Revision(Self.commit))
      let snapshot = try #require(HubCache(root: folder.path).snapshot(of: id, revision))
      #expect(snapshot.state == .incomplete)
      try write("{}", to: files.appending(path: "config.json"))
      let index = #"{"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}"#
      try write(index, to: files.appending(path: "model.safetensors.index.json"))
      try write("", to: files.appending(path: "model-1.safetensors"))
      #expect(snapshot.state == .incomplete)
      // A link that leads nowhere is not there.
      let last = files.appending(path: "model-2.safetensors")
      try FileManager.default.createSymbolicLink(atPath: last.path, withDestinationPath: "none")
      #expect(snapshot.state == .incomplete)
      try FileManager.default.removeItem(at: last)
      try write("", to: last)
      #expect(snapshot.state == .usable)
      try write(
        "", to: repository.appending(path: ".no_exist/\(Self.commit)/preprocessor_config.json"))
      #expect(snapshot.state == .complete)
    }
  }

  private func write(_ text: String, to file: URL) throws {
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }
}
