import BigTransfer
import Foundation

/// The bundled pictures of digits.
enum Samples {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Samples")

  static func url(_ digit: Int, _ variant: String = "a") -> URL {
    folder.appending(path: "digit-\(digit)-\(variant).png")
  }

  static func image(_ digit: Int) -> ImageSource { .file(url(digit)) }

  /// The demo, where OpenCL plays no part.
  static func classifier() async throws -> ImageClassifier {
    try await ImageClassifier(.demo, device: .cpu)
  }
}
