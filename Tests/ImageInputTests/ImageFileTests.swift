import FoundationEssentials
import ImageInput
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite("Image files")
struct ImageFileTests {
  private static func failure(_ path: String) -> ImageError.Reason? {
    do throws(ImageError) {
      _ = try ImagePreprocessor().tensor(contentsOfFile: path)
      return nil
    } catch {
      #expect(error.file == path)
      return error.reason
    }
  }

  @Test("a folder, a pipe and a missing file are refused, not waited for")
  func notFiles() throws {
    try withTemporaryDirectory { folder in
      #expect(Self.failure(folder.path) == .isDirectory)
      let pipe = folder.appending(path: "pipe").path
      #expect(mkfifo(pipe, 0o600) == 0)
      #expect(Self.failure(pipe) == .notRegularFile)
      #expect(Self.failure("/dev/null") == .notRegularFile)
      guard case .unreadable = Self.failure(folder.appending(path: "none.png").path) else {
        Issue.record("a missing file passed")
        return
      }
    }
  }

  @Test("of a large file that is no image only the beginning is read")
  func largeFile() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "large.bin").path
      #expect(FileManager.default.createFile(atPath: path, contents: Data([1, 2, 3])))
      #expect(truncate(path, 1 << 40) == 0)
      #expect(Self.failure(path) == .notSupported(.unknown))
      #expect(FileManager.default.createFile(atPath: path, contents: Data([0xFF, 0xD8, 0xFF])))
      #expect(truncate(path, 1 << 40) == 0)
      #expect(
        Self.failure(path)
          == .fileTooLarge(bytes: 1 << 40, limit: ImageLimits.default.maximumFileBytes))
    }
  }
}
