import BiTModel
import FoundationEssentials
import TestSupport
import Testing

/// Tensors as views of storages, and the archives that hold these.
struct TorchStorageTests: TorchFileSuite {
  @Test("a view of a storage is read by its strides")
  func views() throws {
    for (offset, shape, strides, values) in [
      (0, [6], [1], [1, 2, 3, 4, 5, 6] as [Float]), (1, [2, 2], [1, 2], [2, 4, 3, 5]),
      (5, [], [], [6]), (2, [3], [0], [3, 3, 3]), (0, [2, 0], [1, 1], []),
      (9, [0, 1 << 40], [1, 1], []), (0, [2, 1, 2], [3, 99, 1], [1, 2, 4, 5]),
    ] {
      let pickle = tensor(storageCount: 6, offset: offset, shape: shape, strides: strides)
      for file in files(pickle, storages: [storage]) {
        #expect(try TorchFile(contents: Data(file), name: "x").read("a") == values)
      }
    }
  }

  @Test("a part of a storage, as PyTorch's first versions described it, is read")
  func parts() throws {
    func pickle(_ part: (Int, Int)) -> [UInt8] {
      PickleBuilder.pickle {
        $0.dictionary("a") {
          $0.tensor(storageCount: 6, offset: 1, shape: [2], strides: [1], part: part)
        }
      }
    }
    for file in files(pickle((2, 3)), storages: [storage]) {
      #expect(try TorchFile(contents: Data(file), name: "x").read("a") == [4, 5])
    }
    for part in [(2, 2), (4, 3), (7, 0), (-1, 3), (0, -1), (Int.max, 3), (0, Int.max)] {
      for file in files(pickle(part), storages: [storage]) { expectRefusal(of: file, "x.bin") }
    }
  }

  @Test("what is yet to be done to elements is part of the type, which is then no weights'")
  func pending() throws {
    let pickle = PickleBuilder.pickle {
      $0.dictionary("a") {
        $0.tensor(storageCount: 6, shape: [6], strides: [1], property: "neg")
      }
    }
    for bytes in files(pickle, storages: [storage]) {
      let file = try TorchFile(contents: Data(bytes), name: "x")
      #expect(file.elementType(of: "a") == "F32 with 'neg' yet to be applied")
      #expect(throws: CheckpointError.self) { try file.read("a") }
    }
  }

  @Test("a view that exceeds its storage, or whose size overflows, is refused")
  func impossibleViews() {
    let large = Int.max
    for (offset, shape, strides) in [
      (0, [7], [1]), (1, [6], [1]), (6, [], []), (0, [2], [6]), (-1, [2], [1]), (0, [-1], [1]),
      (0, [2], [-1]), (0, [2], []), (large, [2], [1]), (0, [large], [1]), (0, [2], [large]),
      (0, [large, large], [0, 0]), (0, [2, 2], [large, large]), (large, [], []),
      (0, [Int](repeating: 1, count: 65), [Int](repeating: 1, count: 65)),
    ] {
      let pickle = tensor(storageCount: 6, offset: offset, shape: shape, strides: strides)
      for file in files(pickle, storages: [storage]) { expectRefusal(of: file, "tensor") }
    }
  }

  @Test("elements that are repeated without bound are refused when they are asked for")
  func repetition() throws {
    let pickle = tensor(storageCount: 6, shape: [1 << 30, 1 << 20], strides: [0, 0])
    for bytes in files(pickle, storages: [storage]) {
      let file = try TorchFile(contents: Data(bytes), name: "x")
      let error = #expect(throws: CheckpointError.self) { try file.read("a") }
      #expect(error?.description.contains("repeats") == true)
    }
  }

  @Test("storages that are missing, or of another length than they say, are refused")
  func storages() {
    let sound = tensor(storageCount: 6, shape: [6], strides: [1])
    for file in files(sound) { expectRefusal(of: file, "lacks '") }
    for count in [0, 5, 7, 1 << 40, Int.max, -1] {
      let pickle = tensor(storageCount: count, shape: [1], strides: [1])
      for file in files(pickle, storages: [storage]) { expectRefusal(of: file, "x.bin") }
    }
    let other = tensor(storageCount: 6, shape: [6], strides: [1], key: "../../etc/passwd")
    for file in files(other, storages: [storage]) { expectRefusal(of: file, "x.bin") }
    expectRefusal("6 bytes and then") {
      $0.storage("ByteStorage", count: 6)
      $0.storage("FloatStorage", count: 6)
    }
    let twice = TorchBuilder.stream(sound, storages: [storage, storage])
    expectRefusal(of: twice, "list of storages")
  }

  @Test("of several storages that are missing the same one is named each time")
  func missingStorages() {
    let names = ["a", "b", "c", "d", "e"]
    let pickle = PickleBuilder.pickle {
      $0.opcodes("}(")
      for name in names {
        $0.string(name)
        $0.tensor(key: name, storageCount: 6, shape: [6], strides: [1])
      }
      $0.opcodes("u")
    }
    for _ in 0..<8 { for file in files(pickle) { expectRefusal(of: file, "a'") } }
  }

  @Test("a storage that would expand beyond what weights can is refused before it is read")
  func bomb() {
    let count = 300 << 20
    let pickle = tensor(storageCount: count, shape: [count], strides: [1])
    var archive = TorchBuilder.archive(pickle)
    archive.members.append(
      .init("archive/data/0", [], deflated: [UInt8](repeating: 0, count: 4 * count / 1032 + 1)))
    archive.members[3].byteCount = UInt64(4 * count)
    expectRefusal(of: archive.bytes, "would expand to 1258291200")
  }

  @Test("many views of large compressed storages are refused before they are expanded")
  func work() throws {
    let count = 6 << 20
    let bytes = [UInt8](repeating: 0, count: 4 * count)
    let pickle = PickleBuilder.pickle {
      $0.opcodes("}(")
      for index in 0..<200 {
        $0.string("\(index)")
        $0.tensor(storageCount: count, offset: index, shape: [1], strides: [1])
      }
      $0.opcodes("u")
    }
    var archive = TorchBuilder.archive(pickle)
    archive.members.append(.init("archive/data/0", [], deflated: ZipBuilder.deflated(bytes)))
    archive.members[3].byteCount = UInt64(bytes.count)
    expectRefusal(of: archive.bytes, "compressed storages")
  }

  @Test("a sound archive is read in any form of zip, under any root")
  func zipForms() throws {
    let entries: [SafetensorsWriter.Entry] = [
      .init(name: "a", shape: [2, 3], elements: [1, -2, 3, 0.5, 5, 6]),
      .init(name: "b", shape: [], elements: [7]), .init(name: "c", shape: [0], elements: []),
    ]
    for isWide in [false, true] {
      for root in ["", "x/", "größe/y z/"] {
        var archive = TorchBuilder.archive(entries)
        for index in archive.members.indices {
          archive.members[index].isWide = isWide
          archive.members[index].hasDescriptor = !isWide
          let name = String(decoding: archive.members[index].name, as: UTF8.self)
          archive.members[index].name = Array((root + name.dropFirst(8)).utf8)
        }
        archive.hasRecord64 = isWide
        let file = try TorchFile(contents: Data(archive.bytes), name: "x")
        for entry in entries {
          #expect(file.shape(of: entry.name) == entry.shape)
          #expect(try file.read(entry.name) == entry.elements)
        }
      }
    }
  }

  @Test("damaged elements are found by their checksum, in parts of a storage too")
  func checksums() throws {
    for (shape, offset) in [([6], 0), ([2], 3)] {
      let pickle = tensor(storageCount: 6, offset: offset, shape: shape, strides: [1])
      var archive = TorchBuilder.archive(pickle, storages: [storage])
      archive.members[2].stored[0] ^= 1
      let file = try TorchFile(contents: Data(archive.bytes), name: "x")
      for _ in 0..<2 {
        let error = #expect(throws: CheckpointError.self) { try file.read("a") }
        #expect(error?.description.contains("checksum") == true)
      }
    }
  }

  @Test("versions and byte orders that are not known are refused")
  func archiveRecords() {
    let pickle = tensor(storageCount: 6, shape: [6], strides: [1])
    for (index, text, words) in [
      (1, "middle", "byte order"), (3, "11", "version"), (3, "", "version"),
      (3, String(repeating: "1", count: 40), "version"),
    ] {
      var archive = TorchBuilder.archive(pickle, storages: [storage])
      let name = String(decoding: archive.members[index].name, as: UTF8.self)
      archive.members[index] = .init(name, Array(text.utf8))
      expectRefusal(of: archive.bytes, words)
    }
    expectRefusal(of: ZipBuilder([.init("a.txt", [1])]).bytes, "it holds 'a.txt'")
    expectRefusal(
      of: ZipBuilder([.init("a/data.pkl", pickle), .init("b/data.pkl", pickle)]).bytes, "several")
  }
}
