import BigTransfer
import Foundation
import Testing

@Suite("the README's example")
struct ReadmeExampleTests {
  @Test("compiles, runs and stands in the README as it stands here")
  func example() async throws {
    let photos = [Samples.url(3), Samples.url(7)]
    var lines: [String] = []
    func print(_ items: Any...) { lines.append(items.map { "\($0)" }.joined(separator: " ")) }

    // example begins
    let classifier = try await ImageClassifier(.demo, device: .automatic)
    for prediction in try await classifier.classify(.file(photos[0]), topK: 3) {
      print(prediction.label, prediction.score)
    }
    for await photo in classifier.classifications(of: photos) {
      switch photo.result {
      case .success(let predictions): print(photo.name, predictions[0].label)
      case .failure(let error): print(photo.name, error)
      }
    }
    let features = try await classifier.embed(.file(photos[0]))
    // example ends

    #expect(lines.count == 5)
    #expect(lines[0].hasPrefix("digit 3 0.9"))
    #expect(lines[4].hasSuffix("digit 7"))
    #expect(!features.isEmpty)

    let source = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
    let part = try #require(
      source.components(separatedBy: "// example begins\n").dropFirst().first?
        .components(separatedBy: "    // example ends").first)
    let text = part.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("    ") ? String($0.dropFirst(4)) : String($0) }
      .joined(separator: "\n")
    let readme = Samples.folder.deletingLastPathComponent().appending(path: "README.md")
    guard FileManager.default.fileExists(atPath: readme.path) else { return }
    #expect(try String(contentsOf: readme, encoding: .utf8).contains(text))
  }
}
