import BiTModel
import FoundationEssentials

enum NumpyProperties {
  static func examine(_ bytes: [UInt8]) throws(BrokenProperty) {
    let header = try parsedTwice("the header") { () throws(CheckpointError) in
      try NumpyHeader.read(
        from: BytesInMemory(bytes), byteCount: bytes.count, name: "fuzzed.npy"
      ).header
    }
    if let header {
      try require(
        header.shape.count <= 64 && header.shape.allSatisfy { $0 >= 0 }, "shape \(header.shape)")
    }
    // A kernel's axes change places when it is read, others' do not.
    let archive = StoredArchive.bytes([("kernel.npy", bytes), ("gamma.npy", bytes)])
    let names = try parsedTwice("the archive") { try open(archive).tensorNames }
    guard names != nil, let reader = try? open(archive) else { return }
    try require(header != nil, "an array is accepted whose header is not")
    try require(
      reader.shape(of: "kernel")?.sorted() == reader.shape(of: "gamma")?.sorted(),
      "changing axes changes the extents")
    try CheckpointProperties.examine(reader, storesAll: false)
  }

  private static func open(_ bytes: [UInt8]) throws(CheckpointError) -> GoogleArchive {
    try GoogleArchive(ZipArchive(contents: Data(bytes), name: "fuzzed.npz"))
  }
}

/// Bytes that are read as a file's are.
private final class BytesInMemory: ByteSource {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CheckpointError) {
    guard buffer.count <= rest.count else {
      throw .malformed(file: "bytes in memory", reason: "more is read than there is")
    }
    buffer.copyBytes(from: rest.prefix(buffer.count))
    rest = rest.dropFirst(buffer.count)
  }
}
