/// Reads pickles without executing anything: a stack machine that knows plain values, and asks
/// `TorchObjects` about the few objects that tensors are made of. Any other is refused by name.
///
/// Without recursion, and bounded: stack, memo and containers by count, time by the bytes read.
struct Unpickler {
  /// What stacks and memos may hold.
  private static let limit = 1 << 20

  private(set) var heap = PickleHeap()
  private(set) var objects = TorchObjects()
  private var decoder: PickleDecoder
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]

  /// - Parameter position: Where the first pickle starts.
  init(file: FileReader, at position: Int = 0) {
    decoder = PickleDecoder(bytes: PickleBytes(file: file, at: position))
  }

  /// The file's path.
  var source: String { decoder.bytes.file.path }

  /// Where the next pickle, or what follows the last, starts.
  var position: Int { decoder.bytes.position }

  /// Reads one pickle.
  mutating func load() throws(CheckpointError) -> PickleValue {
    (stack, marks, memo) = ([], [], [:])
    while true {
      let instruction = try decoder.next()
      if case .stop = instruction { return try pop() }
      try execute(instruction)
    }
  }

  func malformed(_ reason: String) -> CheckpointError { decoder.bytes.malformed(reason) }

  private mutating func execute(_ instruction: PickleInstruction) throws(CheckpointError) {
    switch instruction {
    case .push(let value): try push(value)
    case .pushEmpty(let container): try push(try make(container, [PickleValue]()))
    case .mark:
      guard marks.count < Self.limit else { throw malformed("it has too many marks") }
      marks.append(stack.count)
    case .pop:
      // Python takes a mark away where there is nothing above it.
      if let mark = marks.last, mark == stack.count {
        marks.removeLast()
      } else {
        _ = try pop()
      }
    case .popToMark: _ = try popToMark()
    case .duplicate: try push(try top())
    case .tuple, .collect, .append, .appendToMark, .setItem, .setItemsToMark, .addToMark,
      .freezeToMark:
      try executeContainer(instruction)
    case .store(let number): try remember(try top(), as: number)
    case .memoize: try remember(try top(), as: memo.count)
    case .fetch(let number):
      guard let value = memo[number] else { throw malformed("nothing is remembered as \(number)") }
      try push(value)
    case .global, .stackGlobal, .call, .build, .persistent: try executeObject(instruction)
    case .proceed, .stop: break
    }
  }

  private mutating func executeContainer(
    _ instruction: PickleInstruction
  ) throws(CheckpointError) {
    switch instruction {
    case .tuple(let count):
      guard stack.count - (marks.last ?? 0) >= count else { throw malformed("its stack is empty") }
      let values = stack.suffix(count)
      let tuple = try make(.tuple, values)
      stack.removeLast(count)
      try push(tuple)
    case .collect(let container):
      let values = try popToMark()
      guard container != .dictionary || values.count.isMultiple(of: 2) else {
        throw malformed("a dictionary has a key without a value")
      }
      try push(try make(container, values))
    case .append: try append([try pop()])
    case .appendToMark: try append(try popToMark())
    case .setItem:
      let value = try pop()
      try setItems([try pop(), value])
    case .setItemsToMark: try setItems(try popToMark())
    case .addToMark:
      _ = try popToMark()
      guard case .opaque = try top() else {
        throw malformed("it adds to \(try top().kind) as to a set")
      }
    default:
      _ = try popToMark()
      try push(.opaque)
    }
  }

  private mutating func executeObject(_ instruction: PickleInstruction) throws(CheckpointError) {
    switch instruction {
    case .global(let module, let name): try pushGlobal(module, name)
    case .stackGlobal:
      let values = (try pop(), try pop())
      guard case (.string(let name), .string(let module)) = values else {
        throw malformed("an object's name is \(values.0.kind) of \(values.1.kind)")
      }
      try pushGlobal(module, name)
    case .call:
      let (arguments, callee) = (try pop(), try pop())
      guard case .global(let global) = callee, case .tuple(let reference) = arguments else {
        throw malformed("it calls \(callee.kind) with \(arguments.kind)")
      }
      try push(try call(global, heap[reference]))
    case .build:
      // State that tensors do not depend on, such as a dictionary's `_metadata`.
      _ = try pop()
      switch try top() {
      case .dictionary, .tensor, .opaque: break
      default: throw malformed("it gives a state to \(try top().kind)")
      }
    default:
      let identifier = try pop()
      guard case .tuple(let reference) = identifier else {
        throw malformed("it refers to a storage by \(identifier.kind)")
      }
      let storage: PickleValue
      do throws(TorchObjects.Failure) {
        storage = try objects.storage(heap[reference], heap: heap)
      } catch { throw malformed(error.reason) }
      try push(storage)
    }
  }

  private mutating func pushGlobal(_ module: String, _ name: String) throws(CheckpointError) {
    guard let global = TorchGlobal(module: module, name: name) else {
      throw TorchGlobal.refusal(of: "\(module).\(name)", file: source)
    }
    try push(.global(global))
  }

  private mutating func call(
    _ global: TorchGlobal, _ arguments: [PickleValue]
  ) throws(CheckpointError) -> PickleValue {
    guard case .orderedDictionary = global else {
      do throws(TorchObjects.Failure) {
        return try objects.call(global, arguments, heap: heap)
      } catch { throw malformed(error.reason) }
    }
    // Python 2 gives an ordered dictionary its items as a list of pairs.
    var items: [PickleValue] = []
    if case .list(let list)? = arguments.first {
      for case .list(let pair) in heap[list] {
        guard heap[pair].count == 2 else { throw malformed("an item is no pair") }
        items += heap[pair]
      }
      guard items.count == 2 * heap[list].count else { throw malformed("an item is no pair") }
    }
    return try make(.dictionary, items)
  }

  private mutating func append(_ values: [PickleValue]) throws(CheckpointError) {
    guard case .list(let list) = try top() else {
      throw malformed("it appends to \(try top().kind)")
    }
    do { try heap.append(values, to: list) } catch { throw full }
  }

  private mutating func setItems(_ values: [PickleValue]) throws(CheckpointError) {
    guard case .dictionary(let dictionary) = try top() else {
      throw malformed("it sets an item of \(try top().kind)")
    }
    guard values.count.isMultiple(of: 2) else {
      throw malformed("a dictionary has a key without a value")
    }
    do { try heap.append(values, to: dictionary) } catch { throw full }
  }

  private mutating func make(
    _ container: PickleInstruction.Container, _ values: some Collection<PickleValue>
  ) throws(CheckpointError) -> PickleValue {
    do {
      let reference = try heap.make(values)
      switch container {
      case .tuple: return .tuple(reference)
      case .list: return .list(reference)
      case .dictionary: return .dictionary(reference)
      }
    } catch { throw full }
  }

  private var full: CheckpointError { malformed("it holds more than \(PickleHeap.limit) values") }

  private mutating func remember(_ value: PickleValue, as number: Int) throws(CheckpointError) {
    guard memo.count < Self.limit else {
      throw malformed("it remembers more than \(Self.limit) values")
    }
    memo[number] = value
  }

  private mutating func push(_ value: PickleValue) throws(CheckpointError) {
    guard stack.count < Self.limit else {
      throw malformed("its stack exceeds \(Self.limit) values")
    }
    stack.append(value)
  }

  private func top() throws(CheckpointError) -> PickleValue {
    guard let value = stack.last, stack.count > marks.last ?? 0 else {
      throw malformed("its stack is empty")
    }
    return value
  }

  private mutating func pop() throws(CheckpointError) -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func popToMark() throws(CheckpointError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw malformed("it lacks a mark") }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }
}
