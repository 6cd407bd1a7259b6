/// Reads a pickle's opcodes, protocols 0 to 5 (CPython, `Lib/pickletools.py`).
struct PickleDecoder {
  var bytes: PickleBytes

  /// Strings that are longer are no names of tensors.
  private static let stringLimit = 1 << 16

  /// The next opcode.
  mutating func next() throws(CheckpointError) -> PickleInstruction {
    let code = try bytes.byte()
    guard let opcode = PickleOpcode(rawValue: code) else {
      throw bytes.malformed("there is no opcode \(code)")
    }
    switch opcode {
    case .protocolVersion:
      let version = try bytes.byte()
      guard version <= 5 else { throw bytes.malformed("its protocol \(version) is not known") }
      return .proceed
    case .frame:
      // Frames say how much to read ahead; what is in them is as without.
      _ = try bytes.number(8)
      return .proceed
    case .stop: return .stop
    case .mark: return .mark
    case .pop: return .pop
    case .popMark: return .popToMark
    case .dup: return .duplicate
    case .none, .newTrue, .newFalse, .int, .binInt, .binInt1, .binInt2, .long, .long1, .long4,
      .float, .binFloat:
      return .push(try constant(opcode))
    case .string, .binString, .shortBinString, .unicode, .binUnicode, .shortBinUnicode,
      .binUnicode8, .binBytes, .shortBinBytes, .binBytes8, .byteArray8:
      return .push(try text(opcode))
    case .emptyTuple, .emptyList, .emptyDict, .emptySet, .tuple, .tuple1, .tuple2, .tuple3, .list,
      .dict, .append, .appends, .setItem, .setItems, .addItems, .frozenSet:
      return container(opcode)
    case .put, .binPut, .longBinPut, .memoize, .get, .binGet, .longBinGet:
      return try memo(opcode)
    case .global, .inst, .stackGlobal, .reduce, .newObj, .build, .binPersID:
      return try object(opcode)
    case .obj, .newObjEx, .ext1, .ext2, .ext4, .persID, .nextBuffer, .readOnlyBuffer:
      throw bytes.malformed("the opcode \(opcode) is none that PyTorch writes")
    }
  }

  private mutating func constant(_ opcode: PickleOpcode) throws(CheckpointError) -> PickleValue {
    switch opcode {
    case .newTrue: return .bool(true)
    case .newFalse: return .bool(false)
    case .int:
      let line = String(decoding: try bytes.line(), as: UTF8.self)
      switch line {
      case "00": return .bool(false)
      case "01": return .bool(true)
      default: return try integer(line)
      }
    case .long:
      let line = String(decoding: try bytes.line(), as: UTF8.self)
      return try integer(line.hasSuffix("L") ? String(line.dropLast()) : line)
    case .binInt: return .integer(Int(Int32(truncatingIfNeeded: try bytes.number(4))))
    case .binInt1: return .integer(Int(try bytes.byte()))
    case .binInt2: return .integer(Int(try bytes.number(2)))
    case .long1: return try long(Int(try bytes.byte()))
    case .long4: return try long(Int(try bytes.number(4)))
    case .float:
      _ = try bytes.line()
      return .opaque
    case .binFloat:
      try bytes.skip(8)
      return .opaque
    default: return .none
    }
  }

  private func integer(_ digits: String) throws(CheckpointError) -> PickleValue {
    if let value = Int(digits) { return .integer(value) }
    let magnitude = (digits.hasPrefix("-") ? digits.dropFirst() : digits[...]).utf8
    guard !magnitude.isEmpty, magnitude.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw bytes.malformed("\(quoted(digits)) is no integer")
    }
    guard magnitude.count == digits.utf8.count, magnitude.count <= 100 else { return .opaque }
    return .largeInteger(Self.binary(magnitude))
  }

  /// The bytes of a number in decimal digits, the lowest first.
  private static func binary(_ digits: Substring.UTF8View) -> [UInt8] {
    var result: [UInt8] = []
    for digit in digits {
      var carry = UInt16(digit - 0x30)
      for index in result.indices {
        carry += UInt16(result[index]) * 10
        result[index] = UInt8(truncatingIfNeeded: carry)
        carry >>= 8
      }
      if carry > 0 { result.append(UInt8(carry)) }
    }
    return result
  }

  private mutating func long(_ count: Int) throws(CheckpointError) -> PickleValue {
    guard count <= 255 else {
      try bytes.skip(count)
      return .opaque
    }
    let digits = try bytes.take(count)
    guard count <= 8 else { return .largeInteger(digits) }
    let isNegative = digits.last.map { $0 >= 0x80 } ?? false
    let value = digits.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) }
    return .integer(value)
  }

  private mutating func text(_ opcode: PickleOpcode) throws(CheckpointError) -> PickleValue {
    let count: UInt64
    switch opcode {
    case .string:
      // Python 2's, as it would be written in a program.
      let line = try bytes.line()
      guard line.count >= 2, let quote = line.first, quote == line.last,
        [0x22, 0x27].contains(quote)
      else { throw bytes.malformed("a string lacks its quotes") }
      return string(Array(line.dropFirst().dropLast()))
    case .unicode: return string(try bytes.line())
    case .shortBinString, .shortBinUnicode, .shortBinBytes: count = UInt64(try bytes.byte())
    case .binString, .binUnicode, .binBytes: count = try bytes.number(4)
    default: count = try bytes.number(8)
    }
    guard let length = Int(exactly: count) else {
      throw bytes.malformed("a text of \(count) bytes is cut off")
    }
    let isBytes = [.shortBinBytes, .binBytes, .binBytes8, .byteArray8].contains(opcode)
    guard !isBytes, length <= Self.stringLimit else {
      try bytes.skip(length)
      return .opaque
    }
    return string(try bytes.take(length))
  }

  /// Text that is not UTF-8, such as Python 2's bytes, names no tensor.
  private func string(_ utf8: [UInt8]) -> PickleValue {
    String(validating: utf8, as: UTF8.self).map(PickleValue.string) ?? .opaque
  }

  private func container(_ opcode: PickleOpcode) -> PickleInstruction {
    switch opcode {
    case .emptyTuple: .pushEmpty(.tuple)
    case .emptyList: .pushEmpty(.list)
    case .emptyDict: .pushEmpty(.dictionary)
    case .tuple1: .tuple(1)
    case .tuple2: .tuple(2)
    case .tuple3: .tuple(3)
    case .tuple: .collect(.tuple)
    case .list: .collect(.list)
    case .dict: .collect(.dictionary)
    case .append: .append
    case .appends: .appendToMark
    case .setItem: .setItem
    case .setItems: .setItemsToMark
    case .addItems: .addToMark
    case .frozenSet: .freezeToMark
    default: .push(.opaque)
    }
  }

  private mutating func memo(_ opcode: PickleOpcode) throws(CheckpointError) -> PickleInstruction {
    switch opcode {
    case .memoize: return .memoize
    case .binPut: return .store(Int(try bytes.byte()))
    case .longBinPut: return .store(Int(try bytes.number(4)))
    case .binGet: return .fetch(Int(try bytes.byte()))
    case .longBinGet: return .fetch(Int(try bytes.number(4)))
    default:
      let line = String(decoding: try bytes.line(), as: UTF8.self)
      guard let number = Int(line) else { throw bytes.malformed("\(quoted(line)) is no number") }
      return opcode == .put ? .store(number) : .fetch(number)
    }
  }

  private mutating func object(
    _ opcode: PickleOpcode
  ) throws(CheckpointError) -> PickleInstruction {
    switch opcode {
    case .stackGlobal: return .stackGlobal
    case .reduce, .newObj: return .call
    case .build: return .build
    case .binPersID: return .persistent
    default:
      let module = String(decoding: try bytes.line(), as: UTF8.self)
      let name = String(decoding: try bytes.line(), as: UTF8.self)
      let instruction = PickleInstruction.global(module: module, name: name)
      guard opcode == .inst else { return instruction }
      throw TorchGlobal.refusal(of: "\(module).\(name)", file: bytes.file.path)
    }
  }
}
