import HubCache
import Testing

@Suite("names of repositories, revisions and files")
struct NameTests {
  @Test(
    "ids that the hub takes",
    arguments: ["google/bit-50", "timm/resnetv2_50x1_bit.goog_in21k", "A/b", "_a/b_", "1/2.3-4"])
  func sound(id: String) throws {
    let repository = try #require(RepositoryID(id))
    #expect(repository.description == id)
    #expect(!repository.folderName.contains("/"))
    #expect(repository.folderName.hasPrefix("models--"))
  }

  @Test(
    "ids that it does not take",
    arguments: [
      "", "a", "a/", "/a", "a/b/c", "./a", "../a", "a/..", "a/.b", "~/a", "a b/c", "a/b--c",
      "a--b/c",
      "a/b..c", "a/b.git", "-a/b", "a/b-", "a/b.", "é/b", "a/b\n", "a/b\0", "a\\b/c",
      String(repeating: "a", count: 97) + "/b",
    ])
  func unsound(id: String) { #expect(RepositoryID(id) == nil) }

  @Test("revisions", arguments: ["main", "refs/pr/1", "v1.0", "a@b", "feature/x"])
  func revisions(text: String) { #expect(Revision(text)?.description == text) }

  @Test(
    "what is no revision, nor safe as a file's name",
    arguments: [
      "", "/", "a/", "/a", "a//b", "..", "../../x", "a/../b", ".", ".a", "a/.b", "a\\b", "a b",
      "a\n",
      "a\0", "a.lock", "a~1", "a^", "a:b", "a?", "a*", "a[", "@", "a@{1}",
      String(repeating: "a", count: 256),
    ])
  func unsoundRevisions(text: String) { #expect(Revision(text) == nil) }

  @Test("commits have forty digits")
  func commits() {
    let commit = String(repeating: "0a", count: 20)
    #expect(Commit(commit)?.description == commit)
    #expect(Revision(commit)?.commit == Commit(commit))
    for other in ["", "0a", commit + "0", commit.uppercased(), "g" + commit.dropFirst()] {
      #expect(Commit(other) == nil)
    }
  }

  @Test("the best weights that are offered, and only they")
  func needed() throws {
    func all(_ names: [String]) throws -> [String] { try NeededFiles(among: names).all }
    let config = ["README.md", "config.json", "onnx/model.onnx", "tf_model.h5"]
    #expect(
      try all(config + ["pytorch_model.bin", "model.safetensors", "preprocessor_config.json"])
        == ["config.json", "preprocessor_config.json", "model.safetensors"])
    let shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    #expect(
      try all(config + shards + ["model.safetensors.index.json", "pytorch_model.bin"])
        == ["config.json", "model.safetensors.index.json"] + shards)
    #expect(try all(config + ["pytorch_model.bin"]) == ["config.json", "pytorch_model.bin"])
    #expect(
      try all(
        config + ["pytorch_model.bin.index.json", "pytorch_model-00001-of-00001.bin"])
        == ["config.json", "pytorch_model.bin.index.json", "pytorch_model-00001-of-00001.bin"])
    #expect(try all(["BiT-M-R50x1.npz", "README.md"]) == ["BiT-M-R50x1.npz"])
    #expect(try all(["bit.pth", "README.md"]) == ["bit.pth"])
    #expect(throws: NeededFiles.Problem.noWeights) { try all(config) }
    #expect(throws: NeededFiles.Problem.noWeights) { try all(["sub/model.safetensors"]) }
    #expect(throws: NeededFiles.Problem.ambiguous(["a.npz", "b.npz"])) {
      try all(["b.npz", "a.npz"])
    }
  }
}
