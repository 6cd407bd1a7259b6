import Foundation
import OpenCLRuntime
import Testing

extension OnDevice {
  @Suite("The cache of programs")
  struct ProgramCacheTests {
    private let context: Context
    private let folder: TemporaryFolder
    private let builder: ProgramBuilder
    private static let source = ProgramSource(
      name: "seven", text: "kernel void seven(global int *y) { *y = SEVEN; }", options: "-D SEVEN=7"
    )

    init() throws {
      context = try Context(device: TestDevice.required())
      folder = try TemporaryFolder()
      // Also on drivers that keep their own cache and so would have none of ours.
      builder = ProgramBuilder(context: context, cache: ProgramCache(folder: folder.url))
    }

    /// Builds, runs, and says whether the binary came from the cache.
    private func buildAndRun(_ source: ProgramSource = source, expecting: Int32 = 7) throws -> Bool
    {
      let program = try builder.build(source)
      let kernel = try program.resource.makeKernel("seven")
      let queue = try CommandQueue(context: context)
      let buffer = try DeviceBuffer(in: context, byteCount: 4)
      try kernel.setArgument(0, buffer)
      try queue.launch(kernel, global: WorkSize(1), local: WorkSize(1))
      #expect(try queue.read(buffer, count: 1) == [expecting])
      return program.resource.isFromCache
    }

    private var entries: [URL] {
      get throws {
        try FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: nil)
      }
    }

    @Test("the second build is loaded, other options are not")
    func hit() throws {
      #expect(try buildAndRun() == false)
      #expect(try entries.count == 1)
      #expect(try buildAndRun() == true)
      let other = ProgramSource(
        name: "seven", text: Self.source.text, options: "-D SEVEN=8")
      #expect(try buildAndRun(other, expecting: 8) == false)
      #expect(try entries.count == 2)
      #expect(context.counters.programsBuilt == 2 && context.counters.programsLoaded == 1)
    }

    @Test("a damaged entry is rebuilt and replaced")
    func damage() throws {
      _ = try buildAndRun()
      let entry = try #require(try entries.first)
      let sound = try Data(contentsOf: entry)
      var flippedLast = sound
      flippedLast[sound.count - 1] ^= 1
      var flippedKey = sound
      flippedKey[40] ^= 1
      var hugeKey = sound
      for index in 24..<32 { hugeKey[index] = 0xFF }
      let damaged = [
        flippedLast, flippedKey, hugeKey, Data(), sound.prefix(20), sound.dropLast(), sound + [0],
        Data(repeating: 0, count: 5000), Data("BITCLPB1".utf8),
      ]
      for (index, bytes) in damaged.enumerated() {
        try bytes.write(to: entry)
        #expect(try buildAndRun() == false, "case \(index)")
        #expect(try buildAndRun() == true, "case \(index)")
      }
    }

    @Test(
      "an intact entry that the driver refuses is rebuilt",
      .disabled(if: TestDevice.best?.quirks.abortsOnForeignBinary == true, "the driver would abort")
    )
    func refused() throws {
      _ = try buildAndRun()
      let entry = try #require(try entries.first)
      let sound = try Data(contentsOf: entry)
      // The same key, a binary that is none, and a checksum that fits.
      let keyLength = sound[24..<32].reversed().reduce(0) { $0 << 8 | Int($1) }
      let body = sound[24..<32 + keyLength] + Data(repeating: 0x5A, count: 64)
      let checksum = withUnsafeBytes(of: StableHash.fnv1a(body).littleEndian) { Data($0) }
      try (sound.prefix(8) + checksum + body).write(to: entry)
      #expect(try buildAndRun() == false)
      #expect(try buildAndRun() == true)
    }

    @Test("a folder that cannot be written, or is a file, costs only the cache")
    func unwritable() throws {
      let file = try folder.write("in the way", to: "file")
      let url = URL(filePath: file).appending(path: "programs")
      let program = try ProgramBuilder(context: context, cache: ProgramCache(folder: url))
        .build(Self.source)
      #expect(program.resource.isFromCache == false)
    }

    @Test("the hash is FNV-1a with 128 bits")
    func hash() {
      #expect(StableHash.fnv1a([]) == 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
      #expect(StableHash.fnv1a("a".utf8) == 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964)
    }
  }
}
