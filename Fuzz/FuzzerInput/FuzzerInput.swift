import ParserProperties

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What libFuzzer gives a target.
package enum FuzzerInput {
  /// Ends the process where something does not hold, which libFuzzer reports with the bytes.
  package static func examine(
    _ bytes: UnsafePointer<UInt8>?, _ count: Int, by parser: ParserUnderTest
  ) -> CInt {
    do {
      try parser.examine(Array(UnsafeBufferPointer(start: bytes, count: count)))
      return 0
    } catch {
      let report = Array("\(parser.rawValue): \(error)\n".utf8)
      _ = write(STDERR_FILENO, report, report.count)
      abort()
    }
  }
}
