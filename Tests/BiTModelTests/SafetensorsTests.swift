import BiTModel
import FoundationEssentials
import TestSupport
import Testing

/// Malformed safetensors files: every one an error, none a crash or a large allocation.
struct SafetensorsTests {
  /// Opens a file of some bytes.
  private func open(_ bytes: Data) throws -> SafetensorsFile {
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: "x.safetensors")
      try bytes.write(to: file)
      return try SafetensorsFile(path: file.path)
    }
  }

  /// A file of a header and as many bytes of data.
  private func file(_ header: String, dataCount: Int = 0, length: UInt64? = nil) -> Data {
    var bytes = Data()
    let count = length ?? UInt64(header.utf8.count)
    withUnsafeBytes(of: count.littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: header.utf8)
    bytes.append(Data(repeating: 0, count: dataCount))
    return bytes
  }

  private func entry(
    _ name: String = "a", dtype: String = "F32", shape: String = "[2]", offsets: String = "[0, 8]"
  ) -> String {
    #""\#(name)": {"dtype": "\#(dtype)", "shape": \#(shape), "data_offsets": \#(offsets)}"#
  }

  private func expectRefusal(
    _ bytes: Data, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) { try open(bytes) }
  }

  @Test("a sound file opens, with metadata, empty and scalar tensors")
  func sound() throws {
    let header = [
      #""__metadata__": {"format": "pt"}"#, entry(), entry("b", shape: "[]", offsets: "[8, 12]"),
      entry("c", shape: "[0, 7]", offsets: "[12, 12]"),
      entry("d", dtype: "I64", shape: "[1]", offsets: "[12, 20]"),
    ].joined(separator: ", ")
    let opened = try open(file("{\(header)}", dataCount: 20))
    #expect(opened.tensorNames == ["a", "b", "c", "d"])
    #expect(opened.shape(of: "b") == [] && opened.shape(of: "e") == nil)
    #expect(opened.elementType(of: "d") == "I64")
  }

  @Test("an impossible shape is refused also where the type holds no weights")
  func impossibleShapes() {
    for shape in ["[-5]", "[0, -1]", "[9223372036854775807, 2]"] {
      expectRefusal(file("{\(entry(dtype: "I64", shape: shape, offsets: "[0, 0]"))}"))
    }
  }

  @Test("of several faults the same one is named each time")
  func severalFaults() {
    let names = ["a", "b", "c", "d", "e"]
    for offsets in ["[4, 12]", "[8, 0]"] {
      let header = names.map { entry($0, offsets: offsets) }.joined(separator: ", ")
      for _ in 0..<8 {
        let error = #expect(throws: CheckpointError.self) {
          try open(file("{\(header)}", dataCount: 40))
        }
        #expect(error?.description.contains("tensor a ") == true)
      }
    }
  }

  @Test("a file cut off anywhere is refused")
  func truncated() throws {
    let whole = try SafetensorsWriter.encode([
      .init(name: "a", shape: [2, 3], elements: [1, 2, 3, 4, 5, 6])
    ])
    for count in 0..<whole.count { expectRefusal(whole.prefix(count)) }
    expectRefusal(whole + Data([0]))
  }

  @Test(
    "a header length that lies is refused",
    arguments: [0, 1, 3, 1 << 20, 1 << 40, UInt64(Int64.max), UInt64.max, UInt64.max - 7])
  func lyingLength(_ length: UInt64) {
    expectRefusal(file("{\(entry())}", dataCount: 8, length: length))
  }

  @Test(
    "a header that is no table of tensors is refused",
    arguments: [
      "[]", "null", "{}x", "{", #"{"a": 1}"#, #"{"a": {}}"#, #"{"a": {"dtype": "F32"}}"#,
      #"{"a": {"dtype": 3, "shape": [2], "data_offsets": [0, 8]}}"#,
      String(repeating: "[", count: 100_000),
      #"{"__metadata__": "#
        + String(repeating: #"{"a":"#, count: 50_000), "\u{feff}{}", "{\"a\u{0}",
    ])
  func notATable(_ header: String) {
    expectRefusal(file(header, dataCount: 8))
  }

  @Test(
    "shapes that do not fit their bytes are refused",
    arguments: [
      "[3]", "[-2]", "[-1, -2]", "[2.5]", #"["2"]"#, "[9223372036854775807]",
      "[4294967296, 4294967296]", "[4611686018427387905, 2]", "[0]",
      "[18446744073709551616]", "[2, 0]", "[0, 9223372036854775807, 9223372036854775807]", "null",
    ])
  func wrongShape(_ shape: String) {
    expectRefusal(file("{\(entry(shape: shape))}", dataCount: 8))
  }

  @Test(
    "offsets outside the data are refused",
    arguments: [
      "[0, 9]", "[-8, 0]", "[8, 0]", "[0]", "[]", "[0, 4, 8]", "[8, 16]",
      "[0, 9223372036854775807]", "[-9223372036854775808, 0]", "[1e3, 1e4]", "[4, 12]",
    ])
  func wrongOffsets(_ offsets: String) {
    expectRefusal(file("{\(entry(offsets: offsets))}", dataCount: 8))
  }

  @Test("a tensor that is described twice is refused, however its name is spelt")
  func describedTwice() throws {
    expectRefusal(file("{\(entry()), \(entry())}", dataCount: 8))
    expectRefusal(file("{\(entry()), \(entry(#"\u0061"#))}", dataCount: 8))
    // Braces, colons and quotes within names are no structure.
    let opened = try open(file("{\(entry(#"x\":{[\\"#))}", dataCount: 8))
    let name = #"x":{[\"#
    #expect(opened.tensorNames == [name])
  }

  @Test("a header is UTF-8 and starts with its brace")
  func encoding() throws {
    let header = "{\(entry())}"
    expectRefusal(file(" " + header, dataCount: 8))
    expectRefusal(file("\u{FEFF}" + header, dataCount: 8))
    let wide: [UInt8] = header.utf8.flatMap { [$0, 0] }
    expectRefusal(file(String(decoding: wide, as: UTF8.self), dataCount: 8))
  }

  @Test("more dimensions than any tensor has are refused")
  func dimensions() throws {
    let shape = "[\(Array(repeating: "1", count: 10_000).joined(separator: ","))]"
    expectRefusal(file("{\(entry(shape: shape, offsets: "[0, 4]"))}", dataCount: 4))
  }

  @Test("overlaps, holes and leftovers are refused")
  func overlapsAndHoles() {
    let first = entry("a", offsets: "[0, 8]")
    expectRefusal(file("{\(first), \(entry("b", offsets: "[0, 8]"))}", dataCount: 8))
    expectRefusal(file("{\(first), \(entry("b", offsets: "[4, 12]"))}", dataCount: 12))
    expectRefusal(file("{\(first), \(entry("b", offsets: "[12, 20]"))}", dataCount: 20))
    expectRefusal(file("{\(first)}", dataCount: 12))
    expectRefusal(file("{}", dataCount: 8))
  }

  @Test("a header beyond any real size is refused unread")
  func hugeHeader() {
    expectRefusal(file("{" + String(repeating: " ", count: 5 << 20) + "}"))
  }

  @Test("a tensor that is not of a float type cannot be read")
  func integers() throws {
    for type in ["I64", "I32", "U8", "BOOL", "F8_E4M3", "C64", "", "F33"] {
      let opened = try withTemporaryDirectory { folder in
        let path = folder.appending(path: "x.safetensors")
        try file("{\(entry(dtype: type))}", dataCount: 8).write(to: path)
        let opened = try SafetensorsFile(path: path.path)
        #expect(throws: CheckpointError.self) { try opened.read("a") }
        return opened
      }
      #expect(throws: CheckpointError.self) { try opened.read("missing") }
    }
  }

  @Test("every F16 value is read exactly")
  func halfPrecision() throws {
    let patterns = (0...UInt16.max).filter { $0 & 0x7c00 != 0x7c00 }
    let values = try read(patterns.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }, "F16", 2)
    for (bits, value) in zip(patterns, values) {
      let fraction = Double(bits & 0x3ff) / 1024
      let exponent = Int(bits >> 10 & 0x1f)
      let magnitude =
        exponent == 0
        ? fraction * 0x1p-14
        : (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
      #expect(Double(value) == (bits >> 15 == 0 ? magnitude : -magnitude), "\(bits)")
    }
  }

  @Test("BF16 and F64 values are read, F64 rounded to nearest")
  func otherTypes() throws {
    #expect(try read([0x80, 0x3f, 0x20, 0xc1, 0x01, 0x00], "BF16", 2) == [1, -10, 0x1p-133])
    let doubles: [Double] = [1 / 3, -0x1p-140, 1e30]
    let bytes = doubles.flatMap { value in
      (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64($0))) }
    }
    #expect(try read(bytes, "F64", 8) == doubles.map(Float.init))
  }

  private func read(_ bytes: [UInt8], _ type: String, _ size: Int) throws -> [Float] {
    let header = entry(
      dtype: type, shape: "[\(bytes.count / size)]", offsets: "[0, \(bytes.count)]")
    return try withTemporaryDirectory { folder in
      let path = folder.appending(path: "x.safetensors")
      try (file("{\(header)}") + Data(bytes)).write(to: path)
      return try SafetensorsFile(path: path.path).read("a")
    }
  }

  @Test("what is written is read back, with its names and shapes")
  func roundTrip() throws {
    let entries: [SafetensorsWriter.Entry] = [
      .init(name: #"quote " backslash \ 雪"#, shape: [2, 2], elements: [1, -2, .pi, 0]),
      .init(name: "scalar", shape: [], elements: [7]), .init(name: "e", shape: [0], elements: []),
    ]
    try withTemporaryDirectory { folder in
      let path = folder.appending(path: "x.safetensors").path
      try SafetensorsWriter.write(entries, to: path)
      let opened = try SafetensorsFile(path: path)
      for entry in entries {
        #expect(opened.shape(of: entry.name) == entry.shape)
        #expect(try opened.read(entry.name) == entry.elements)
      }
    }
  }

  @Test("a folder, a missing file and a device are refused")
  func notAFile() throws {
    try withTemporaryDirectory { folder in
      for path in [folder.path, folder.path + "/none", "/dev/zero", "/dev/null"] {
        #expect(throws: CheckpointError.self) { try SafetensorsFile(path: path) }
      }
    }
  }
}
