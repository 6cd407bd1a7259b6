extension TorchContents {
  /// The form before PyTorch 1.6 (`torch/serialization.py`, `_legacy_save`): pickles of a number, a
  /// version, the writing system and the objects, then of the storages' keys, then each storage
  /// after its length. Numbers are little-endian whatever the system was.
  init(stream file: FileReader) throws(CheckpointError) {
    try Self.refuseOtherForms(file)
    var unpickler = Unpickler(file: file)
    guard case .largeInteger(Self.magicNumber) = try unpickler.load() else {
      throw .unsupportedForm(
        path: file.path, found: "a pickle that torch.save did not write",
        hint: "Where you trust it, load it in Python and save the tensors alone:"
          + " safetensors.torch.save_file(state_dict, \"model.safetensors\")")
    }
    guard case .integer(Self.version) = try unpickler.load() else {
      throw unpickler.malformed("its version is not \(Self.version)")
    }
    _ = try unpickler.load()  // What the system was.
    let root = try unpickler.load()
    let tensors = try StateDictionary(root, in: unpickler).tensors
    guard case .list(let keys) = try unpickler.load() else {
      throw unpickler.malformed("it has no list of storages")
    }
    let locations = try Self.locations(unpickler.heap[keys], in: unpickler, file: file)
    for (_, tensor) in tensors.sorted(by: { $0.key < $1.key })
    where tensor.count > 0 && locations[tensor.storage] == nil {
      let key = unpickler.objects.storages[tensor.storage].key
      throw unpickler.malformed("its list of storages lacks \(quoted(key))")
    }
    self.init(tensors: tensors, locations: locations, order: .littleEndian, archive: nil)
  }

  /// 0x1950a86a20f9469cfc6c.
  private static let magicNumber: [UInt8] = [
    0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19,
  ]
  private static let version = 1001

  /// Where each storage's elements start.
  private static func locations(
    _ keys: [PickleValue], in unpickler: Unpickler, file: FileReader
  ) throws(CheckpointError) -> [Int: Location] {
    let storages = unpickler.objects.storages
    let numbers = Dictionary(uniqueKeysWithValues: zip(storages.map(\.key), storages.indices))
    var locations: [Int: Location] = [:]
    var position = unpickler.position
    for value in keys {
      guard case .string(let key) = value, let number = numbers[key], locations[number] == nil
      else {
        throw unpickler.malformed("its list of storages names \(value.kind) that it does not need")
      }
      let storage = storages[number]
      guard file.byteCount - position >= 8 else { throw cutOff(key, file) }
      var length = LittleEndianBytes(try file.bytes(at: position, count: 8)[...])
      guard length.uint64() == UInt64(storage.byteCount / storage.type.byteCount) else {
        throw unpickler.malformed("storage \(quoted(key)) at byte \(position) has another length")
      }
      position += 8
      guard storage.byteCount <= file.byteCount - position else { throw cutOff(key, file) }
      locations[number] = .file(file, offset: position)
      position += storage.byteCount
    }
    return locations
  }

  private static func cutOff(_ key: String, _ file: FileReader) -> CheckpointError {
    .malformed(file: file.path, reason: "it is cut off: storage \(quoted(key)) is not complete")
  }

  /// The tar archives of PyTorch 0.1.
  private static func refuseOtherForms(_ file: FileReader) throws(CheckpointError) {
    let start = try file.bytes(at: 0, count: min(file.byteCount, 512))
    guard start.count >= 262, start[257..<262].elementsEqual("ustar".utf8) else { return }
    throw .unsupportedForm(
      path: file.path, found: "a tar archive, as PyTorch 0.1 wrote",
      hint: "Where you trust it, load it in Python with torch.load(FILE, weights_only=False), and"
        + " torch.save it")
  }
}
