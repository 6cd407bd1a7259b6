/// What the calls in a checkpoint's pickles describe: storages, and tensors that view them.
struct TorchObjects {
  /// Bytes that tensors share.
  struct Storage {
    /// Its name in the file.
    let key: String
    let type: TorchElementType
    let byteCount: Int
  }

  /// A storage as one reference sees it.
  struct Slice {
    /// A number of `storages`.
    let storage: Int
    let type: TorchElementType
    /// Elements before its first; other than zero in files of PyTorch's first versions only.
    let offset: Int
    let count: Int
  }

  struct Failure: Error {
    let reason: String
  }

  /// A BiT-R152x4 with all of its training's state has some 5,000.
  private static let limit = 1 << 17

  private(set) var storages: [Storage] = []
  private(set) var tensors: [TorchTensor] = []
  private var slices: [Slice] = []
  private var storageOfKey: [String: Int] = [:]

  /// What a call would return.
  mutating func call(
    _ global: TorchGlobal, _ arguments: [PickleValue], heap: PickleHeap
  ) throws(Failure) -> PickleValue {
    switch global {
    case .rebuildTensor(let version): return try tensor(version, arguments, heap: heap)
    case .rebuildParameter:
      guard case .tensor? = arguments.first else { throw unexpected(global, arguments) }
      return arguments[0]
    case .rebuildFromType:
      // The function, the class, the arguments, and attributes that its values do not depend on.
      guard arguments.count == 4, case .global(let function) = arguments[0],
        function != .rebuildFromType, case .global(.tensorClass) = arguments[1],
        case .tuple(let inner) = arguments[2]
      else { throw unexpected(global, arguments) }
      return try call(function, heap[inner], heap: heap)
    case .size:
      guard case .tuple? = arguments.first else { throw unexpected(global, arguments) }
      return arguments[0]
    case .plainValue: return .opaque
    case .orderedDictionary, .tensorClass, .elementType, .storage:
      throw Failure(reason: "it calls \(global.name)")
    }
  }

  /// What a persistent identifier refers to: the word "storage", its class, key, place and length,
  /// and in files of before 1.6 a part of it or None.
  mutating func storage(
    _ identifier: [PickleValue], heap: PickleHeap
  ) throws(Failure) -> PickleValue {
    guard identifier.count >= 5, case .string("storage") = identifier[0],
      case .global(.storage(let type)) = identifier[1], let key = Self.key(identifier[2]),
      case .integer(let count) = identifier[4], count >= 0
    else { throw Failure(reason: "a storage is described as PyTorch does not") }
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: type.byteCount)
    guard !overflow else { throw Failure(reason: "storage \(quoted(key)) has \(count) elements") }
    var slice = Slice(
      storage: try storage(key, type, byteCount: byteCount), type: type, offset: 0, count: count)
    if identifier.count > 5, case .tuple(let reference) = identifier[5] {
      slice = try part(of: slice, heap[reference])
    }
    guard slices.count < Self.limit else { throw Failure(reason: "it has too many storages") }
    slices.append(slice)
    return .storage(slices.count - 1)
  }

  private static func key(_ value: PickleValue) -> String? {
    switch value {
    case .string(let key): key
    case .integer(let key): String(key)
    default: nil
    }
  }

  private mutating func storage(
    _ key: String, _ type: TorchElementType, byteCount: Int
  ) throws(Failure) -> Int {
    if let index = storageOfKey[key] {
      guard storages[index].byteCount == byteCount else {
        throw Failure(
          reason: "storage \(quoted(key)) has \(storages[index].byteCount) bytes and then"
            + " \(byteCount)")
      }
      return index
    }
    guard storages.count < Self.limit else { throw Failure(reason: "it has too many storages") }
    storages.append(Storage(key: key, type: type, byteCount: byteCount))
    storageOfKey[key] = storages.count - 1
    return storages.count - 1
  }

  /// - Parameter view: A key of its own, the first element, and how many there are.
  private func part(of whole: Slice, _ view: [PickleValue]) throws(Failure) -> Slice {
    guard view.count == 3, case .integer(let offset) = view[1], case .integer(let count) = view[2],
      offset >= 0, count >= 0, offset <= whole.count, count <= whole.count - offset
    else { throw Failure(reason: "a part of a storage lies outside of it") }
    return Slice(storage: whole.storage, type: whole.type, offset: offset, count: count)
  }

  private mutating func tensor(
    _ version: TorchGlobal.Rebuild, _ arguments: [PickleValue], heap: PickleHeap
  ) throws(Failure) -> PickleValue {
    let needed = [.version1: 4, .version2: 6, .version3: 7][version] ?? 0
    guard arguments.count >= needed, case .storage(let index) = arguments[0],
      case .integer(let offset) = arguments[1], let shape = integers(arguments[2], heap: heap),
      let strides = integers(arguments[3], heap: heap)
    else { throw unexpected(.rebuildTensor(version), arguments) }
    let slice = slices[index]
    var type = slice.type
    if version == .version3 {
      guard case .global(.elementType(let given)) = arguments[6] else {
        throw unexpected(.rebuildTensor(version), arguments)
      }
      type = given
    }
    let tensor = TorchTensor(
      storage: slice.storage, type: type, offset: offset, shape: shape, strides: strides,
      pending: arguments.count > needed ? try pending(arguments[needed], heap: heap) : nil)
    guard var tensor else {
      throw Failure(reason: "a tensor has the shape \(shape) and the strides \(strides)")
    }
    let room = slice.count * slice.type.byteCount / type.byteCount
    guard tensor.count == 0 || (offset <= room && tensor.span <= room - offset) else {
      throw Failure(
        reason: "a tensor of shape \(shape), strides \(strides) and offset \(offset) exceeds its"
          + " storage of \(room) elements")
    }
    tensor.offset += slice.offset
    guard tensors.count < Self.limit else { throw Failure(reason: "it has too many tensors") }
    tensors.append(tensor)
    return .tensor(tensors.count - 1)
  }

  private func integers(_ value: PickleValue, heap: PickleHeap) -> [Int]? {
    guard case .tuple(let reference) = value, heap[reference].count <= TorchTensor.rankLimit else {
      return nil
    }
    var integers: [Int] = []
    for value in heap[reference] {
      guard case .integer(let integer) = value else { return nil }
      integers.append(integer)
    }
    return integers
  }

  /// What is yet to be done to each element: `neg` or `conj` with True, and nothing else is written.
  private func pending(_ metadata: PickleValue, heap: PickleHeap) throws(Failure) -> String? {
    guard case .dictionary(let reference) = metadata else { return nil }
    let items = heap[reference]
    guard items.count <= 16 else { throw Failure(reason: "a tensor has too many properties") }
    for index in stride(from: 0, to: items.count - 1, by: 2) {
      if case (.string(let name), .bool(true)) = (items[index], items[index + 1]) { return name }
    }
    return nil
  }

  private func unexpected(_ global: TorchGlobal, _ arguments: [PickleValue]) -> Failure {
    let kinds = arguments.prefix(8).map(\.kind).joined(separator: ", ")
    return Failure(reason: "\(global.name) is called with \(kinds.isEmpty ? "nothing" : kinds)")
  }
}
