import BiTModel
import FoundationEssentials

enum ZipProperties {
  /// Members that claim to expand to more are not read to their end.
  private static let expansionLimit = 1 << 20
  private static let readLimit = 16

  static func examine(_ bytes: [UInt8]) throws(BrokenProperty) {
    guard let members = try parsedTwice("the directory", { try open(bytes).members }),
      let archive = try? open(bytes)
    else { return }
    try require(Set(members.map(\.name)).count == members.count, "a name is listed twice")
    var stored = 0
    for member in members {
      try require(archive[member.name] == member, "\(member.name) is not found by its name")
      try require(member.byteCount >= 0, "\(member.name) has \(member.byteCount) bytes")
      try require(
        member.byteCount / 1032 <= member.storedByteCount,
        "\(member.name) of \(member.byteCount) bytes in \(member.storedByteCount)")
      stored += member.storedByteCount
    }
    try require(stored <= bytes.count, "members of \(stored) bytes in \(bytes.count)")
    for member in members.prefix(readLimit) { try examine(member, of: archive) }
  }

  private static func open(_ bytes: [UInt8]) throws(CheckpointError) -> ZipArchive {
    try ZipArchive(contents: Data(bytes), name: "fuzzed.zip")
  }

  /// A member expands to the same bytes at once and piece by piece, as many as it says.
  private static func examine(
    _ member: ZipMember, of archive: ZipArchive
  ) throws(BrokenProperty) {
    guard member.byteCount <= expansionLimit else {
      let refused = (try? archive.contents(of: member, limit: expansionLimit)) == nil
      return try require(refused, "\(member.name) is read beyond the limit")
    }
    let whole = try parsedTwice(member.name) {
      try archive.contents(of: member, limit: expansionLimit)
    }
    let pieces = try? pieces(of: member, in: archive)
    try require(whole == pieces, "\(member.name) differs when it is read in pieces")
    try require(
      whole == nil || whole?.count == member.byteCount, "\(member.name) has another size")
  }

  private static func pieces(
    of member: ZipMember, in archive: ZipArchive
  ) throws(CheckpointError) -> [UInt8] {
    let stream = try archive.stream(member)
    var bytes: [UInt8] = []
    var length = 1
    while stream.remaining > 0 {
      bytes += try stream.bytes(count: min(length, stream.remaining))
      length = length * 3 % 1021 + 1
    }
    try stream.finish()
    return bytes
  }
}
