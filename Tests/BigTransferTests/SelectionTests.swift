import BigTransfer
import Foundation
import TestSupport
import Testing

@Suite("naming models and devices")
struct SelectionTests {
  @Test(
    "device words",
    arguments: [
      ("auto", DeviceSelection.automatic), ("GPU", .gpu), ("opencl", .openCL), ("cpu", .cpu),
      ("reference", .reference), ("1:0", .index(platform: 1, device: 0)),
      ("Radeon", .named("Radeon")), ("1:", .named("1:")), ("-1:0", .named("-1:0")),
    ])
  func devices(word: String, selection: DeviceSelection) {
    #expect(DeviceSelection(word) == selection)
  }

  @Test("model words")
  func models() throws {
    let folder = Fixtures.url("models/07_batch3").path
    #expect(try ModelSource(folder) == .path(folder))
    #expect(try ModelSource("demo") == .demo)
    #expect(try ModelSource("google/bit-50") == .hub(id: "google/bit-50"))
    #expect(try ModelSource("a/b@refs/pr/1") == .hub(id: "a/b", revision: "refs/pr/1"))
    let random = try #require(RandomModel("R50x1@224"))
    #expect(try ModelSource("random:R50x1@224") == .random(random))
    for name in ["random:", "random:R50x1@", "random:R50x1@7", "random:R50x1@224@2", "random:bit"] {
      #expect(throws: ClassifierError.unknownRandomModel(name: name)) { try ModelSource(name) }
    }
    for name in [
      "", "nothing", "/no/such/folder", "a/b/c", "../no-such-folder", "a b/c", "a/b@", "a/b@../c",
    ] {
      #expect(throws: ClassifierError.modelNotFound(name: name)) { try ModelSource(name) }
    }
  }

  @Test("a model opens by its folder, its weights' file and its configuration's")
  func paths() throws {
    let folder = Fixtures.url("models/07_batch3")
    for path in [folder.path, folder.path + "/", folder.appending(path: "model.safetensors").path] {
      #expect(try ModelSource(path).open().parameterCount > 0)
    }
    #expect(throws: CheckpointError.self) {
      try ModelSource(folder.appending(path: "golden.safetensors").path).open()
    }
  }

  @Test("the demo is embedded, and names ten digits")
  func demo() throws {
    let model = try ModelSource.demo.open()
    #expect(model.configuration.labels == (0...9).map { "digit \($0)" })
    #expect(model.preprocessing != .unstated)
    #expect(model.warnings.isEmpty)
  }

  @Test("labels come as lines, as an array and as a table")
  func labelLists() throws {
    try withTemporaryDirectory { (folder: URL) throws in
      let file = folder.appending(path: "labels")
      func labels(_ text: String) throws -> [String] {
        try Data(text.utf8).write(to: file)
        return try LabelList.read(file.path)
      }
      #expect(try labels("cat\r\ndog\n") == ["cat", "dog"])
      #expect(try labels("cat\n\ndog") == ["cat", "", "dog"])
      #expect(try labels("[\"a,b\", \"ü\"]") == ["a,b", "ü"])
      #expect(try labels("{\"1\": \"b\", \"0\": \"a\"}") == ["a", "b"])
      #expect(try labels("{\"id2label\": {\"0\": \"a\"}, \"other\": [1]}") == ["a"])
      #expect(throws: CheckpointError.self) { try labels("{\"0\": \"a\", \"2\": \"c\"}") }
      #expect(throws: CheckpointError.self) { try labels("{\"0\": ") }
      #expect(throws: CheckpointError.self) { try LabelList.read(folder.path) }
    }
  }
}
