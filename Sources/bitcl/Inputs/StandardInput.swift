import BigTransfer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One image on standard input.
enum StandardInput {
  static let descriptor: Int32 = 0
  /// Bytes of an image that are read before it is refused.
  /// Half of what a file may have: a pipe's size is not known before all of it is in memory.
  static let limit = 1 << 27

  static func image() async -> ImageRequest {
    let name = "standard input"
    do {
      var data = Data()
      while let bytes = try await Descriptor.read(descriptor, name: name) {
        data.append(contentsOf: bytes)
        guard data.count <= limit else {
          throw ImageError(file: name, reason: .fileTooLarge(bytes: data.count, limit: limit))
        }
      }
      return ImageRequest(name: "-", source: .success(.data(data, name: name)))
    } catch {
      return ImageRequest(name: "-", source: .failure(error))
    }
  }
}
