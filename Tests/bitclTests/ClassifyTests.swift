import Foundation
import TestSupport
import Testing

@Suite("classify")
struct ClassifyTests {
  private static let three = BuiltCommand.sample("digit-3-a.png")
  private static let seven = BuiltCommand.sample("digit-7-a.png")

  @Test("labels the bundled samples by the demo, in their order")
  func samples() async throws {
    let files = try FileManager.default
      .contentsOfDirectory(atPath: BuiltCommand.root.appending(path: "Samples").path)
      .filter { $0.hasSuffix(".png") }.sorted()
    try #require(files.count >= 20)
    let result = try await BuiltCommand.run(
      ["classify", "-d", "cpu", "-k1", "--format", "jsonl"] + files.map(BuiltCommand.sample))
    #expect(result.status == 0)
    let rows = try result.jsonLines()
    #expect(rows.compactMap { $0["file"] as? String } == files.map(BuiltCommand.sample))
    for (file, row) in zip(files, rows) {
      let best = try #require((row["predictions"] as? [[String: Any]])?.first)
      // `digit-3-a.png` shows a 3.
      #expect(best["label"] as? String == "digit \(file.split(separator: "-")[1])", "\(file)")
      #expect(row["schema_version"] as? Int == 1)
    }
    #expect(result.errors.contains("demo"))
  }

  @Test("text has a block an image, a line a label")
  func text() async throws {
    let result = try await BuiltCommand.run(["classify", "-q", "-d", "cpu", "-k", "2", Self.three])
    #expect(result.status == 0)
    #expect(result.errors.isEmpty)
    #expect(result.lines.count == 3)
    #expect(result.lines.first == Self.three)
    #expect(result.lines[1].hasSuffix("  digit 3"))
  }

  @Test("a bad image is one row among the others, and the exit code is 2")
  func errorRows() async throws {
    let text = BuiltCommand.root.appending(path: "Package.swift").path
    let files = [Self.three, "missing.png", text, BuiltCommand.root.path, "/dev/zero", Self.seven]
    let result = try await BuiltCommand.run(
      ["classify", "-d", "cpu", "-k1", "--format", "json"] + files)
    #expect(result.status == 2)
    let document = try result.json()
    #expect(document["schema_version"] as? Int == 1)
    let rows = try #require(document["results"] as? [[String: Any]])
    #expect(rows.compactMap { $0["file"] as? String } == files)
    #expect(rows.map { $0["error"] != nil } == [false, true, true, true, true, false])
    for file in files[1...4] {
      #expect(result.errors.contains("error: \(file): "), "\(file) is not named")
    }
    #expect(result.errors.contains("4 of 6 images failed"))
  }

  @Test("CSV quotes labels with commas, quotes and other alphabets")
  func csv() async throws {
    let model = Fixtures.url("models/09_two_labels").path
    let result = try await BuiltCommand.run([
      "classify", "-q", "-d", "cpu", "-m", model, "--format", "csv", Self.three, "nothing,here",
    ])
    #expect(result.status == 2)
    #expect(result.lines.first == "file,rank,label,score,index,error")
    #expect(result.output.contains(",\"tench, Tinca tinca\","))
    #expect(result.output.contains(",\"crème \"\"brûlée\"\" 雪\","))
    #expect(result.lines.last?.hasPrefix("\"nothing,here\",,,,,") == true)
  }

  @Test("results do not depend on the batch", arguments: ["cpu", "reference"])
  func batches(device: String) async throws {
    // Without a crop every picture has a size of its own.
    let images = ["rgb8.png", "gray.jpg", "3x200.png", "200x3.png", "gray1.png", "cmyk.jpg"]
      .map { Fixtures.url("preprocess/images/\($0)").path }
      .filter { FileManager.default.fileExists(atPath: $0) }
    try #require(images.count >= 4)
    var outputs: Set<String> = []
    for batch in ["1", "2", "5"] {
      let result = try await BuiltCommand.run(
        ["classify", "-q", "-d", device, "--batch", batch, "--format", "csv", Self.three]
          + images + ["--crop", "none", Self.three])
      #expect(result.status == 0)
      outputs.insert(result.output)
    }
    #expect(outputs.count == 1)
  }

  @Test("an image comes from standard input too")
  func standardInput() async throws {
    let result = try await BuiltCommand.run(
      ["classify", "-q", "-d", "cpu", "-k1", "--format", "jsonl", "-"],
      input: try Data(contentsOf: URL(filePath: Self.seven)))
    #expect(result.status == 0)
    #expect(result.output.contains("digit 7"))
    let empty = try await BuiltCommand.run(["classify", "-q", "-d", "cpu", "-"])
    #expect(empty.status == 2)
    #expect(empty.errors.contains("is empty"))
  }

  @Test("a list names files, one a line, repeated ones too")
  func list() async throws {
    let names = [Self.three, "", Self.seven + "\r", Self.three]
    let list = Data((names.joined(separator: "\n")).utf8)
    let result = try await BuiltCommand.run(
      ["classify", "-q", "-d", "cpu", "-k1", "--format", "jsonl", "--files-from", "-"], input: list)
    #expect(result.status == 0)
    #expect(
      try result.jsonLines().compactMap { $0["file"] as? String }
        == [Self.three, Self.seven, Self.three])
    let binary = try await BuiltCommand.run([
      "classify", "-q", "-d", "cpu", "--files-from", Self.three,
    ])
    #expect(binary.status == 65)
    let missing = try await BuiltCommand.run(["classify", "-d", "cpu", "--files-from", "no-list"])
    #expect(missing.status == 66)
  }

  @Test("folders are searched in order, without following a link for ever")
  func folders() async throws {
    try await withTemporaryDirectory { folder in
      let files = FileManager.default
      for name in ["b", "a/deep"] {
        try files.createDirectory(
          at: folder.appending(path: name), withIntermediateDirectories: true)
      }
      let image = URL(filePath: Self.three)
      for name in ["b/2.png", "b/1.PNG", "a/deep/without-extension", "a/.hidden.png"] {
        try files.copyItem(at: image, to: folder.appending(path: name))
      }
      try Data("no image".utf8).write(to: folder.appending(path: "a/notes.txt"))
      try files.createSymbolicLink(
        at: folder.appending(path: "a/loop"), withDestinationURL: folder)
      let result = try await BuiltCommand.run([
        "classify", "-q", "-d", "cpu", "-k1", "--format", "jsonl", "-r", folder.path,
      ])
      #expect(result.status == 0)
      #expect(
        try result.jsonLines().compactMap { $0["file"] as? String }
          == ["a/deep/without-extension", "b/1.PNG", "b/2.png"]
          .map { folder.appending(path: $0).path })
    }
  }

  @Test("labels can be renamed, if there are as many as outputs")
  func labels() async throws {
    try await withTemporaryDirectory { folder in
      let list = folder.appending(path: "labels.txt")
      try Data((0..<10).map { "nummer \($0)\n" }.joined().utf8).write(to: list)
      let table = folder.appending(path: "labels.json")
      try Data(
        "{\"id2label\": {\((0..<10).map { "\"\($0)\": \"n\($0)\"" }.joined(separator: ","))}}".utf8
      )
      .write(to: table)
      let arguments = ["classify", "-q", "-d", "cpu", "-k1", Self.three, "--labels"]
      #expect(try await BuiltCommand.run(arguments + [list.path]).output.contains("nummer 3"))
      #expect(try await BuiltCommand.run(arguments + [table.path]).output.contains("  n3"))
      try Data("one\ntwo\n".utf8).write(to: list)
      let short = try await BuiltCommand.run(arguments + [list.path])
      #expect(short.status == 65)
      #expect(short.errors.contains("2 labels"))
      #expect(try await BuiltCommand.run(arguments + ["nowhere"]).status == 66)
    }
  }

  @Test("a threshold leaves out labels, an activation changes scores")
  func scores() async throws {
    let arguments = ["classify", "-q", "-d", "cpu", "--format", "jsonl", Self.three]
    let best = try await BuiltCommand.run(arguments + ["--threshold", "0.5"]).jsonLines()
    #expect((best.first?["predictions"] as? [Any])?.count == 1)
    let logits = try await BuiltCommand.run(arguments + ["--activation", "none"]).jsonLines()
    let first = (logits.first?["predictions"] as? [[String: Any]])?.first
    #expect(try #require(first?["score"] as? Double) > 1)
  }
}
