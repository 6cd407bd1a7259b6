import BiTModel
import FoundationEssentials
import TestSupport
import Testing

/// Zip archives: what is written is read, and what lies is an error, not a crash or an allocation.
struct ZipArchiveTests {
  private typealias Member = ZipBuilder.Member

  private static let content = (0..<3000).map { UInt8($0 * $0 % 251) }

  private func open(_ builder: ZipBuilder) throws -> ZipArchive {
    try ZipArchive(contents: Data(builder.bytes), name: "x.zip")
  }

  private func read(_ archive: ZipArchive, _ name: String) throws -> [UInt8] {
    try archive.contents(of: #require(archive[name]), limit: 1 << 20)
  }

  private func expectRefusal(
    _ builder: ZipBuilder, _ words: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) {
      let archive = try open(builder)
      for member in archive.members { _ = try archive.contents(of: member, limit: 1 << 20) }
    }
    let text = error?.description ?? ""
    #expect(text.contains(words), "\(text)", sourceLocation: sourceLocation)
  }

  /// An archive of one member that was changed.
  private func changed(_ change: (inout Member) -> Void) -> ZipBuilder {
    var member = Member("a", Self.content)
    change(&member)
    return ZipBuilder([member])
  }

  @Test(
    "stored and deflated members are read, with every form of header", arguments: [false, true])
  func sound(_ isWide: Bool) throws {
    var members = [
      Member("root/data.pkl", Self.content), Member(deflating: "root/data/0", Self.content),
      Member("empty", []), Member(deflating: "leer/größe", []), Member("folder/", []),
    ]
    for index in members.indices { members[index].isWide = isWide }
    members[0].hasDescriptor = true
    members[0].localExtra =
      ZipBuilder.little(0x4246, 2) + [5, 0] + [UInt8](repeating: 0x5a, count: 5)
    var builder = ZipBuilder(members)
    builder.hasRecord64 = isWide
    // The signature of an end record within the comment.
    builder.comment = Array("PK".utf8) + [5, 6] + [UInt8](repeating: 0, count: 40)
    let archive = try open(builder)
    #expect(archive.members.map(\.name) == members.map { String(decoding: $0.name, as: UTF8.self) })
    for member in members {
      #expect(try read(archive, String(decoding: member.name, as: UTF8.self)) == member.content)
    }
    #expect(archive["none"] == nil)
  }

  @Test("a stream gives the same bytes in pieces of any size")
  func pieces() throws {
    let archive = try open(
      ZipBuilder([Member("a", Self.content), Member(deflating: "b", Self.content)]))
    for name in ["a", "b"] {
      for size in [1, 7, 2999, 3000] {
        let stream = try archive.stream(#require(archive[name]))
        var bytes: [UInt8] = []
        while stream.remaining > 0 { bytes += try stream.bytes(count: min(size, stream.remaining)) }
        try stream.finish()
        #expect(bytes == Self.content)
        #expect(throws: CheckpointError.self) { try stream.bytes(count: 1) }
      }
      let stream = try archive.stream(#require(archive[name]))
      try stream.skip(1234)
      #expect(try stream.bytes(count: 66) == Array(Self.content[1234..<1300]))
      try stream.finish()
    }
  }

  /// 200,000 zeros.
  private static let zeros = Data(
    base64Encoded: "7cExAQAAAMKg9U9tBn+g" + String(repeating: "A", count: 257) + "IDXAA==")

  @Test("what a stream expands to is bounded by the size that the directory gives")
  func bombs() throws {
    let zeros = Array(try #require(Self.zeros))
    let content = [UInt8](repeating: 0, count: 200_000)
    var member = Member("a", content, deflated: zeros)
    #expect(try read(open(ZipBuilder([member])), "a") == content)
    let archive = try open(ZipBuilder([member]))
    #expect(throws: CheckpointError.self) {
      try archive.contents(of: archive.members[0], limit: 199_999)
    }
    for count in [0, 1, 199_999, 200_001] {
      member.byteCount = UInt64(count)
      expectRefusal(ZipBuilder([member]), "expands to")
    }
    (member.byteCount, member.isWide) = (1 << 40, true)
    expectRefusal(ZipBuilder([member]), "cannot expand")
  }

  @Test("compressed bytes that are damaged, cut off or too many are refused")
  func damagedStreams() throws {
    let zeros = Array(try #require(Self.zeros))
    let content = [UInt8](repeating: 0, count: 200_000)
    let member = Member("a", content, deflated: zeros)
    func changed(_ stored: [UInt8]) -> ZipBuilder {
      var member = member
      (member.stored, member.storedByteCount) = (stored, UInt64(stored.count))
      return ZipBuilder([member])
    }
    for count in 0..<zeros.count { expectRefusal(changed(Array(zeros[..<count])), "'a'") }
    expectRefusal(changed(zeros + [0]), "compressed bytes")
    expectRefusal(changed([7] + zeros), "deflate")
  }

  @Test("a wrong checksum is found; zero for a stored member means that there is none")
  func checksums() throws {
    expectRefusal(changed { $0.checksum ^= 1 }, "checksum")
    var member = Member(deflating: "a", Self.content)
    member.checksum = 0
    expectRefusal(ZipBuilder([member]), "checksum")
    #expect(try read(open(changed { $0.checksum = 0 }), "a") == Self.content)
  }

  @Test("an archive cut off anywhere is refused")
  func truncated() throws {
    var member = Member(deflating: "b", Array(Self.content.prefix(50)))
    member.isWide = true
    var builder = ZipBuilder([Member("a", Array(Self.content.prefix(50))), member])
    builder.hasRecord64 = true
    let whole = builder.bytes
    for count in 0..<whole.count {
      #expect(throws: CheckpointError.self) {
        try ZipArchive(contents: Data(whole[..<count]), name: "x")
      }
    }
    #expect(throws: CheckpointError.self) {
      try ZipArchive(contents: Data(whole + [0]), name: "x")
    }
  }

  @Test("encrypted members, other methods, and parts of a set of volumes are refused by name")
  func unsupported() {
    for flag: UInt16 in [1, 1 << 6, 1 << 13] {
      expectRefusal(changed { $0.flags = flag }, "'a' in it is encrypted")
    }
    for method: UInt16 in [1, 9, 12, 14, 93, 99, .max] {
      expectRefusal(changed { $0.method = method }, "method \(method)")
    }
    for isWide in [false, true] {
      var builder = changed { _ in }
      builder.hasRecord64 = isWide
      builder.disk = 1
      expectRefusal(builder, "several volumes")
    }
  }

  @Test("names that are twice there, empty or hold a zero byte are refused")
  func names() {
    expectRefusal(ZipBuilder([Member("a", [1]), Member("a", [2])]), "twice")
    expectRefusal(ZipBuilder([Member("", [1])]), "no name")
    expectRefusal(ZipBuilder([Member("a\0b", [1])]), "no name")
    expectRefusal(changed { $0.localName = [0x62] }, "disagree")
    expectRefusal(changed { $0.localName = [0x61, 0x61] }, "disagree")
  }

  @Test("members that overlap are refused")
  func overlaps() {
    // A second entry for the same bytes, and one whose header lies within another's data.
    var second = Member("a", Self.content)
    second.offset = 0
    second.name = [0x62]
    expectRefusal(ZipBuilder([Member("a", Self.content), second]), "disagree")
    let inner = ZipBuilder([Member("b", [1, 2, 3])]).bytes.prefix(34)
    let outer = Member("a", Array(inner))
    var hidden = Member("b", [1, 2, 3])
    hidden.offset = 31
    expectRefusal(ZipBuilder([outer, hidden]), "overlap")
  }

  @Test(
    "sizes and offsets past the end, and ones that overflow, are refused",
    arguments: [3001, 1 << 31, 0xffff_fffe, 1 << 40, UInt64(Int64.max), .max, .max - 29])
  func impossibleSizes(_ value: UInt64) {
    let isWide = value > 0xffff_fffe
    for change: (inout Member) -> Void in [
      { $0.storedByteCount = value }, { $0.byteCount = value },
      { ($0.byteCount, $0.storedByteCount) = (value, value) }, { $0.offset = value },
      {
        $0.method = 8
        ($0.byteCount, $0.storedByteCount) = (value, value)
      },
    ] {
      expectRefusal(
        changed {
          $0.isWide = isWide
          change(&$0)
        }, "x.zip")
    }
    var builder = changed { _ in }
    builder.hasRecord64 = isWide
    for path in [
      \ZipBuilder.entryCount, \ZipBuilder.directoryByteCount, \ZipBuilder.directoryOffset,
    ] {
      var lying = builder
      lying[keyPath: path] = value
      expectRefusal(lying, "directory")
    }
  }

  @Test("more members than any checkpoint has are refused before they are read")
  func tooMany() {
    var builder = changed { _ in }
    builder.hasRecord64 = true
    builder.entryCount = 65_537
    expectRefusal(builder, "at most 65536")
  }

  @Test("bytes that are changed at random are an error or the same archive, never a crash")
  func mutations() throws {
    var member = Member(deflating: "b", Array(Self.content.prefix(40)))
    member.isWide = true
    var builder = ZipBuilder([Member("a", Array(Self.content.prefix(40))), member])
    builder.hasRecord64 = true
    let whole = builder.bytes
    var generator = SplitMix64(seed: 1)
    for _ in 0..<20_000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      do throws(CheckpointError) {
        let archive = try ZipArchive(contents: Data(bytes), name: "x")
        for member in archive.members { _ = try archive.contents(of: member, limit: 1 << 20) }
      } catch {}
    }
  }
}
