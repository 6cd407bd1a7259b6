import BiTModel
import FoundationEssentials
import TestSupport
import Testing

/// Pickles that PyTorch would not write: each an error, and nothing happens.
struct TorchPickleTests: TorchFileSuite {
  @Test(
    "an object that is not part of tensors is refused by name",
    arguments: [
      ("os", "system"), ("posix", "system"), ("nt", "system"), ("builtins", "eval"),
      ("__builtin__", "exec"), ("builtins", "getattr"), ("subprocess", "Popen"),
      ("torch", "load"), ("torch.hub", "load"), ("torch._utils", "_import_dotted_name"),
      ("torch.storage", "_load_from_bytes"), ("collections", "namedtuple"), ("torch", "float33"),
      ("evil", "FloatStorage"), ("torch", "os.system"), ("", ""), ("torch._utils.", "x"),
    ])
  func objects(_ module: String, _ name: String) throws {
    let command = "touch /tmp/bitcl-pickle-was-executed"
    expectRefusal("the Python object \(module).\(name).") {
      $0.call(module, name) { $0.string(command) }
    }
    expectRefusal("the Python object \(module).\(name).") {
      $0.string(module)
      $0.string(name)
      $0.raw([0x93])
      $0.string(command)
      $0.raw([0x85])
      $0.opcodes("R")
    }
    // Protocol 0's way, and where tensors are described.
    expectRefusal("the Python object \(module).\(name).") {
      $0.opcodes("(S'\(command)'\ni\(module)\n\(name)\n")
    }
    expectRefusal("the Python object \(module).\(name).") {
      $0.dictionary("state_dict") {
        $0.call("torch._utils", "_rebuild_parameter") {
          $0.call(module, name) { $0.string(command) }
        }
      }
    }
    #expect(!FileManager.default.fileExists(atPath: "/tmp/bitcl-pickle-was-executed"))
  }

  @Test("a pickle by itself is refused by what it calls, or as none of torch.save")
  func barePickles() {
    expectRefusal(
      of: Array("cos\nsystem\n(S'touch /tmp/bitcl-pickle-was-executed'\ntR.".utf8),
      "object os.system.")
    expectRefusal(
      of: PickleBuilder.pickle { $0.call("os", "system") { $0.string("true") } },
      "object os.system.")
    expectRefusal(
      of: PickleBuilder.pickle { $0.dictionary("a") { $0.integer(1) } }, "torch.save did not write")
    expectRefusal(of: [], "cut off")
    expectRefusal(of: Array("<!DOCTYPE html>".utf8), "no opcode")
    var tar = [UInt8](repeating: 0, count: 1024)
    tar.replaceSubrange(257..<262, with: "ustar".utf8)
    expectRefusal(of: tar, "PyTorch 0.1")
  }

  @Test("calls, states and items of what has none are refused")
  func misuse() {
    let call = "it calls"
    expectRefusal(call) { $0.opcodes("})R") }
    expectRefusal(call) { $0.opcodes("NNR") }
    expectRefusal(call) { $0.call("torch", "FloatStorage") { _ in } }
    expectRefusal(call) { $0.call("torch", "Tensor") { _ in } }
    expectRefusal("is called with") { $0.call("torch._utils", "_rebuild_tensor_v2") { _ in } }
    expectRefusal("is called with") { $0.call("torch._utils", "_rebuild_parameter") { _ in } }
    expectRefusal("is called with") { $0.call("torch", "Size") { $0.integer(3) } }
    // A call of itself in its arguments, which would have to be followed for ever.
    expectRefusal("is called with") {
      $0.call("torch._tensor", "_rebuild_from_type_v2") {
        $0.global("torch._tensor", "_rebuild_from_type_v2")
        $0.global("torch", "Tensor")
        $0.opcodes(")N")
      }
    }
    expectRefusal("gives a state to") { $0.opcodes("])b") }
    expectRefusal("gives a state to") { $0.opcodes(")}b") }
    expectRefusal("appends to") { $0.opcodes("}Na") }
    expectRefusal("appends to") { $0.opcodes(")(Ne") }
    expectRefusal("sets an item") { $0.opcodes("]NNs") }
    expectRefusal("without a value") { $0.opcodes("}(Nu") }
    expectRefusal("without a value") { $0.opcodes("(Nd") }
    expectRefusal("refers to a storage") { $0.opcodes("NQ") }
    expectRefusal("described as PyTorch does not") { $0.opcodes(")Q") }
    expectRefusal("adds to") { $0.raw([0x5d, 0x28, 0x4e, 0x90]) }
  }

  @Test("stacks, marks and memos that do not hold what is taken are an error")
  func emptiness() {
    for letters in ["", "0", "(.", "1", "t", "e", "u", "a", "s", "R", "b", "Q", "2"] {
      expectRefusal("its pickle") { $0.opcodes(letters) }
    }
    expectRefusal("remembered as 7") { $0.opcodes("h\u{7}") }
    expectRefusal("remembered as") { $0.opcodes("j\u{7f}\u{7f}\u{7f}\u{7f}") }
    expectRefusal("no number") { $0.opcodes("gx\n") }
    expectRefusal("its stack is empty") { $0.opcodes("q\u{0}") }
  }

  @Test("opcodes and protocols that are not known, and what PyTorch does not write, are refused")
  func opcodes() {
    expectRefusal("no opcode") { $0.raw([0xff]) }
    expectRefusal("protocol 6") { $0.raw([0x80, 6]) }
    for code: UInt8 in [0x50, 0x6f, 0x82, 0x83, 0x84, 0x92, 0x97, 0x98] {
      expectRefusal("none that PyTorch writes") { $0.raw([code, 1, 1, 1, 1, 10]) }
    }
  }

  @Test("lengths that lie are an error before anything is allocated")
  func lengths() {
    let huge = [UInt8](repeating: 0xff, count: 8)
    for code: UInt8 in [0x58, 0x54, 0x42, 0x8b] {
      expectRefusal("cut off") { $0.raw([code] + huge.prefix(4)) }
      expectRefusal("cut off") { $0.raw([code, 0xff, 0xff, 0xff, 0x7f]) }
    }
    for code: UInt8 in [0x8d, 0x8e, 0x96] {
      expectRefusal("cut off") { $0.raw([code] + huge) }
      expectRefusal("cut off") { $0.raw([code] + huge.dropLast() + [0x7f]) }
    }
    expectRefusal("endless line") { $0.raw([0x63] + [UInt8](repeating: 0x61, count: 100_000)) }
    expectRefusal("cut off") { $0.raw([0x63, 0x61]) }
    expectRefusal("no integer") { $0.opcodes("I9x\n") }
  }

  @Test("depth, repetition and cycles cost no more than their bytes")
  func depth() throws {
    let depth = 500_000
    expectRefusal("has a tuple") { builder in
      builder.opcodes(")")
      builder.raw([UInt8](repeating: 0x85, count: depth))
    }
    expectRefusal("has a list") { builder in
      builder.opcodes(
        String(repeating: "]", count: depth) + String(repeating: "a", count: depth - 1))
    }
    // Each tuple holds the one before twice: 2^100,000 in all.
    expectRefusal("has a tuple") { builder in
      builder.opcodes("N")
      for _ in 0..<100_000 { builder.raw([0x32, 0x86]) }
    }
    // A list that holds itself, under a key.
    let cycle = PickleBuilder.pickle {
      $0.dictionary("loop") { $0.opcodes("]q\u{0}h\u{0}a") }
    }
    expectRefusal(of: TorchBuilder.archive(cycle).bytes, "no dictionary of names and tensors")
    // The dictionary itself as the model's.
    let itself = PickleBuilder.pickle { $0.opcodes("}q\u{0}X\u{5}\u{0}\u{0}\u{0}modelh\u{0}s") }
    expectRefusal(of: TorchBuilder.archive(itself).bytes, "'model' (a dictionary)")
  }

  @Test("stacks, marks, memos and containers are bounded")
  func bounds() {
    let many = (1 << 20) + 1
    for (words, body) in [
      ("its stack exceeds", [UInt8](repeating: 0x4e, count: many)),
      ("too many marks", [UInt8](repeating: 0x28, count: many)),
      ("remembers more", [0x4e] + [UInt8](repeating: 0x94, count: many)),
      ("more than 2097152 values", [UInt8](repeating: 0x5d, count: many / 2) + appended(2 * many)),
    ] {
      expectRefusal(of: TorchBuilder.stream(PickleBuilder.pickle { $0.raw(body) }), words)
    }
  }

  /// None, appended to a list so many times.
  private func appended(_ count: Int) -> [UInt8] {
    (0..<count).flatMap { _ in [0x4e, 0x61] as [UInt8] }
  }

  @Test("dictionaries and texts as Python 2 wrote them are read")
  func python2() throws {
    let pickle = PickleBuilder.pickle {
      $0.opcodes("ccollections\nOrderedDict\n((lp0\n(lp1\nS'a'\na")
      $0.tensor(storageCount: 6, offset: 1, shape: [2], strides: [3])
      $0.opcodes("aa(lU\u{1}ba")
      $0.tensor(storageCount: 6, shape: [], strides: [])
      $0.opcodes("aatR(dVx\nI-7\nsI01\nL12345678901234567890L\nsF1.5\nN")
      $0.opcodes("s(T\u{2}\u{0}\u{0}\u{0}\u{7f}\u{1}J\u{1}\u{0}\u{0}\u{0}ub")
    }
    for file in files(pickle, storages: [storage]) {
      let file = try TorchFile(contents: Data(file), name: "x")
      #expect(file.tensorNames == ["a", "b"])
      #expect(try file.read("a") == [2, 5])
      #expect(try file.read("b") == [1])
    }
  }

  @Test("plain values of every protocol stand beside tensors")
  func plainValues() throws {
    let pickle = PickleBuilder.pickle {
      $0.opcodes("}(")
      $0.string("a")
      $0.tensor(storageCount: 6, shape: [6], strides: [1])
      // Sets, frozen sets, bytes, frames, long texts and integers, values taken away again.
      $0.opcodes("N")
      $0.raw([0x8f, 0x28, 0x4b, 1, 0x90, 0x28, 0x4b, 1, 0x91, 0x95] + ZipBuilder.little(3, 8))
      $0.raw([0x43, 2, 9, 9, 0x42, 1, 0, 0, 0, 9, 0x8e] + ZipBuilder.little(1, 8) + [9])
      $0.raw([0x96] + ZipBuilder.little(1, 8) + [9, 0x8d] + ZipBuilder.little(1, 8) + [0x7a])
      $0.raw([0x8b, 0, 1, 0, 0] + [UInt8](repeating: 1, count: 256) + [0x8a, 0, 0x8a, 1, 0xff])
      $0.string(String(repeating: "x", count: 70_000))
      $0.opcodes("(NN1]200")
      $0.call("_codecs", "encode") { $0.string("x") }
      $0.call("__builtin__", "set") { $0.opcodes("]") }
      $0.opcodes("u")
    }
    for file in files(pickle, storages: [storage]) {
      #expect(try TorchFile(contents: Data(file), name: "x").read("a") == [1, 2, 3, 4, 5, 6])
    }
  }
}
