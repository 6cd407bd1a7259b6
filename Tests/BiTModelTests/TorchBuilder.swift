import BiTModel
import FoundationEssentials

/// Puts files together as `torch.save` does.
enum TorchBuilder {
  /// The zip form.
  static func archive(
    _ pickle: [UInt8], storages: [(key: String, bytes: [UInt8])] = [], root: String = "archive/"
  ) -> ZipBuilder {
    var members = [ZipBuilder.Member(root + "data.pkl", pickle)]
    members.append(.init(root + "byteorder", Array("little".utf8)))
    for storage in storages {
      members.append(.init("\(root)data/\(storage.key)", storage.bytes))
    }
    members.append(.init(root + "version", Array("3\n".utf8)))
    for index in members.indices { members[index].hasDescriptor = true }
    return ZipBuilder(members)
  }

  /// The zip form of F32 tensors.
  static func archive(_ tensors: [SafetensorsWriter.Entry]) -> ZipBuilder {
    archive(pickle(tensors), storages: storages(tensors))
  }

  /// The form of before 1.6 of F32 tensors.
  static func stream(_ tensors: [SafetensorsWriter.Entry]) -> [UInt8] {
    stream(pickle(tensors), storages: storages(tensors))
  }

  private static func pickle(_ tensors: [SafetensorsWriter.Entry]) -> [UInt8] {
    PickleBuilder.pickle {
      $0.opcodes("}(")
      for (index, tensor) in tensors.enumerated() {
        $0.string(tensor.name)
        $0.tensor(
          key: "\(index)", storageCount: tensor.elements.count, shape: tensor.shape,
          strides: PickleBuilder.strides(tensor.shape))
      }
      $0.opcodes("u")
    }
  }

  private static func storages(
    _ tensors: [SafetensorsWriter.Entry]
  ) -> [(key: String, bytes: [UInt8])] {
    tensors.enumerated().map { ("\($0)", bytes($1.elements)) }
  }

  /// The form of before 1.6.
  static func stream(_ pickle: [UInt8], storages: [(key: String, bytes: [UInt8])] = []) -> [UInt8] {
    var file = PickleBuilder.pickle {
      $0.raw([0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19])
    }
    file += PickleBuilder.pickle { $0.integer(1001) }
    file += PickleBuilder.pickle { $0.dictionary("little_endian") { $0.raw([0x88]) } }
    file += pickle
    file += PickleBuilder.pickle {
      $0.opcodes("](")
      for storage in storages { $0.string(storage.key) }
      $0.opcodes("e")
    }
    for storage in storages {
      file += ZipBuilder.little(UInt64(storage.bytes.count / 4), 8) + storage.bytes
    }
    return file
  }

  static func bytes(_ elements: [Float]) -> [UInt8] {
    elements.flatMap { ZipBuilder.little(UInt64($0.bitPattern), 4) }
  }
}
