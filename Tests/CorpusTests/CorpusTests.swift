import FoundationEssentials
import ParserProperties
import Testing

/// The files that `Scripts/fuzz` keeps, and those that once broke something, read again without its
/// sanitizers.
struct CorpusTests {
  @Test("what holds of any file holds of the corpus", arguments: ParserUnderTest.allCases)
  func replay(_ parser: ParserUnderTest) throws {
    let corpus = try files("Corpus/\(parser.rawValue)")
    #expect(!corpus.isEmpty)
    // Not every parser was found to be wrong.
    let findings = (try? files("Findings/\(parser.rawValue)")) ?? []
    for file in corpus + findings {
      do {
        try parser.examine([UInt8](try Data(contentsOf: file)))
      } catch {
        Issue.record("\(file.path): \(error)")
      }
    }
  }

  private func files(_ folder: String) throws -> [URL] {
    let package = URL(filePath: #filePath, directoryHint: .notDirectory)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fuzz/\(folder)", directoryHint: .isDirectory)
    return try FileManager.default.contentsOfDirectory(atPath: package.path).map {
      package.appending(path: $0)
    }
  }
}
