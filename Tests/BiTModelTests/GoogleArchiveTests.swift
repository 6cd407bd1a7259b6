import BiTModel
import FoundationEssentials
import TestSupport
import Testing

/// Google's archives: every form of a header, the names, and what lies in them.
@Suite("Google's npz archives")
struct GoogleArchiveTests {
  private typealias Arrays = [String: NumpyArray]

  /// A network of one layer, all values its position's.
  private static func arrays() -> Arrays {
    func counted(_ shape: [Int]) -> NumpyArray {
      NumpyArray(shape, (0..<shape.reduce(1, *)).map { Float($0 % 509) / 256 - 1 })
    }
    var arrays: Arrays = [
      "root_block/standardized_conv2d/kernel": counted([7, 7, 3, 32]),
      "group_norm/gamma": counted([128]), "group_norm/beta": counted([128]),
      "head/conv2d/kernel": counted([1, 1, 128, 5]), "head/conv2d/bias": counted([5]),
      "block1/unit01/a/proj/standardized_conv2d/kernel": counted([1, 1, 32, 128]),
    ]
    for (part, shape) in [("a", [1, 1, 32, 32]), ("b", [3, 3, 32, 32]), ("c", [1, 1, 32, 128])] {
      let path = "block1/unit01/\(part)"
      arrays["\(path)/standardized_conv2d/kernel"] = counted(shape)
      arrays["\(path)/group_norm/gamma"] = counted([32])
      arrays["\(path)/group_norm/beta"] = counted([32])
    }
    return arrays
  }

  private static func archive(
    _ arrays: Arrays, prefix: String = "resnet/", deflated: Bool = false
  ) -> [UInt8] {
    let members = arrays.sorted { $0.key < $1.key }.map { name, array in
      deflated
        ? ZipBuilder.Member(deflating: "\(prefix)\(name).npy", array.bytes)
        : ZipBuilder.Member("\(prefix)\(name).npy", array.bytes)
    }
    return ZipBuilder(members).bytes
  }

  private func open(_ bytes: [UInt8], as name: String = "BiT-M-R50x1.npz") throws -> Model {
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: name)
      try Data(bytes).write(to: file)
      return try ModelFiles.open(path: file.path)
    }
  }

  /// Opens an archive and reads all its weights, as a backend does.
  private func load(_ bytes: [UInt8]) throws -> [[Float]] {
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: "x.npz")
      try Data(bytes).write(to: file)
      let model = try ModelFiles.open(path: file.path)
      return try model.network.parameters.map { try model.weights.values(of: $0) }
    }
  }

  private func changed(
    _ name: String, _ change: (inout NumpyArray) -> Void
  ) throws -> [UInt8] {
    var arrays = Self.arrays()
    var array = try #require(arrays[name])
    change(&array)
    arrays[name] = array
    return Self.archive(arrays)
  }

  // MARK: Sound archives

  @Test("the network, its constants and its preprocessing are Google's", arguments: [false, true])
  func network(isDeflated: Bool) throws {
    let model = try open(Self.archive(Self.arrays(), deflated: isDeflated))
    #expect(model.form == .google)
    #expect(model.configuration.standardizationEpsilon == 1e-10)
    #expect(model.configuration.depths == [1])
    #expect(model.configuration.hiddenSizes == [128])
    #expect(model.configuration.labels == (0..<5).map { "LABEL_\($0)" })
    #expect(model.preprocessing == .squash(side: 480))
    #expect(model.warnings.isEmpty)
    for node in model.network.nodes {
      if case .convolution(let convolution) = node.operation {
        #expect(convolution.standardizationEpsilon == 1e-10)
      }
    }
  }

  @Test("kernels are HWIO, and become OIHW")
  func kernelOrder() throws {
    let arrays = Self.arrays()
    try withTemporaryDirectory { folder in
      let file = folder.appending(path: "x.npz")
      try Data(Self.archive(arrays)).write(to: file)
      let model = try ModelFiles.open(path: file.path)
      for (name, stored) in [
        ("embedder.convolution.weight", "root_block/standardized_conv2d/kernel"),
        ("encoder.stages.0.layers.0.conv2.weight", "block1/unit01/b/standardized_conv2d/kernel"),
      ] {
        let array = try #require(arrays[stored])
        let (h, w, i, o) = (array.shape[0], array.shape[1], array.shape[2], array.shape[3])
        let values = try model.weights.values(of: Parameter(name, shape: [o, i, h, w]))
        for (y, x, c, k) in [
          (0, 0, 0, 0), (2, 1, 2, 5), (1, 2, 1, o - 1), (h - 1, w - 1, i - 1, 3),
        ] {
          #expect(
            values[((k * i + c) * h + y) * w + x] == array.elements[((y * w + x) * i + c) * o + k])
        }
      }
    }
  }

  @Test("every header and element type that numpy writes gives the same weights")
  func headers() throws {
    let expected = try load(Self.archive(Self.arrays()))
    let name = "block1/unit01/b/standardized_conv2d/kernel"
    for version: UInt8 in [1, 2, 3] {
      #expect(try load(try changed(name) { $0.version = version }) == expected)
    }
    for description in ["'>f4'", "'<f8'", "'=f4'", "\"<f4\""] {
      #expect(try load(try changed(name) { $0.description = description }) == expected)
    }
    // The values are of few bits, and bfloat16 holds those of one array.
    let few = try changed("head/conv2d/bias") { $0.description = "'|V2'" }
    #expect(try load(few) == expected)
    let spaced = try changed(name) {
      $0.header = "{ 'shape' :(3L,3,32,32) ,'descr':'<f4', 'fortran_order':False}"
    }
    #expect(try load(spaced) == expected)
    let fortran = try changed(name) { array in
      var column: [Float] = []
      for o in 0..<32 {
        for i in 0..<32 {
          for w in 0..<3 {
            for h in 0..<3 { column.append(array.elements[((h * 3 + w) * 32 + i) * 32 + o]) }
          }
        }
      }
      array.elements = column
      array.isFortranOrder = true
    }
    #expect(try load(fortran) == expected)
  }

  @Test("another prefix, a head as a matrix, no head, a head of zeros")
  func variants() throws {
    for prefix in ["", "model/resnet/"] {
      #expect(try open(Self.archive(Self.arrays(), prefix: prefix)).configuration.depths == [1])
    }
    let matrix = try open(try changed("head/conv2d/kernel") { $0.shape = [128, 5] })
    #expect(matrix.configuration.labels.count == 5)
    let headless = try open(Self.archive(Self.arrays().filter { !$0.key.hasPrefix("head") }))
    #expect(headless.configuration.task == .features)
    #expect(headless.network.logits == nil)
    var arrays = Self.arrays()
    for (name, shape) in [("head/conv2d/kernel", [1, 1, 128, 9]), ("head/conv2d/bias", [9])] {
      arrays[name] = NumpyArray(shape, Array(repeating: 0, count: shape.reduce(1, *)))
    }
    let zero = try open(Self.archive(arrays))
    #expect(zero.configuration.labels.count == 9)
    #expect(zero.warnings.count == 1 && zero.warnings[0].contains("all zeros"))
  }

  @Test(
    "the file's name says the input size, where it does",
    arguments: [
      ("BiT-M-R50x1-ILSVRC2012.npz", 480), ("BiT-S-R152x4.npz", 480), ("R50x1_224.npz", 224),
      ("R50x1_160.npz", 160), ("R152x2_T_384.npz", 384), ("BiT-M-R50x1-run0-cifar100.npz", 480),
      ("BiT-M-R101x3-run2-caltech101.npz", 480), ("BiT-M-R50x1-run1-smallnorb-azimuth.npz", 480),
      ("BiT-M-R50x1-run1-sun397.npz", 480), ("mine-128px.npz", 128), ("2021.npz", 480),
      ("x_7.npz", 480),
    ])
  func fileNames(name: String, side: Int) throws {
    #expect(try open(Self.archive(Self.arrays()), as: name).preprocessing == .squash(side: side))
  }

  // MARK: Archives that lie

  @Test("a header that is no header is refused by the member's name")
  func malformedHeaders() throws {
    let name = "block1/unit01/b/standardized_conv2d/kernel"
    let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 3, 32, 32), }"
    var changes: [(inout NumpyArray) -> Void] = [
      { $0.magic[0] = 0 }, { $0.version = 0 }, { $0.version = 4 }, { $0.headerLength = 0xffff },
      { $0.headerLength = 3 }, { $0.elements.removeLast() }, { $0.elements.append(0) },
      {
        $0.version = 2
        $0.headerLength = 0xffff_ffff
      },
    ]
    for header in [
      "", "{", "{}", good + "}", good + good, "{'descr': '<f4', 'shape': (3, 3, 32, 32), }",
      good.replacing("False", with: "0"), good.replacing("False", with: "None"),
      good.replacing("'<f4'", with: "[('x', '<f4')]"), good.replacing("'<f4'", with: "'<f4"),
      good.replacing("3, 3,", with: "-3, -3,"), good.replacing("3, 3,", with: "3.0, 3,"),
      good.replacing("(3", with: "(99999999999999999999"),
      good.replacing("(3, 3, 32, 32)", with: "(4294967296, 4294967296, 4294967296)"),
      good.replacing("(3, 3, 32, 32)", with: "(0, 9223372036854775807, 9223372036854775807)"),
      good.replacing("(3, 3, 32, 32)", with: "3, 3"),
      good.replacing("'shape'", with: "'descr'"), good.replacing("'shape'", with: "'sh\\x61pe'"),
      good.replacing("(3", with: "(" + String(repeating: "1, ", count: 70) + "3"),
      String(repeating: " ", count: 5000) + good, String(repeating: "(", count: 4000),
    ] {
      changes.append { $0.header = header }
    }
    for (index, change) in changes.enumerated() {
      let bytes = try changed(name, change)
      let error = #expect(throws: CheckpointError.self, "\(index)") { try load(bytes) }
      #expect(error?.description.contains(name) == true, "\(index): \(error?.description ?? "")")
    }
  }

  @Test("arrays of objects and of other types are never read, and refused where weights belong")
  func otherTypes() throws {
    for type in ["'|O'", "'<i4'", "'<U8'", "'<c8'", "'f4'", "'|V4'"] {
      let bytes = try changed("head/conv2d/bias") { $0.description = type }
      let error = #expect(throws: CheckpointError.self) { try load(bytes) }
      #expect(error?.description.contains("weights must be") == true)
      var arrays = Self.arrays()
      arrays["extra"] = NumpyArray([3], [1, 2, 3])
      arrays["extra"]?.description = type
      #expect(try open(Self.archive(arrays)).warnings.count == 1)
    }
  }

  @Test("arrays that are missing, misshapen or not finite are named")
  func wrongArrays() throws {
    for name in Self.arrays().keys where !["head/conv2d/kernel"].contains(name) {
      let without = Self.archive(Self.arrays().filter { $0.key != name })
      #expect(throws: (any Error).self, "\(name)") { try load(without) }
    }
    let misshapen = try changed("block1/unit01/a/standardized_conv2d/kernel") {
      $0.shape = [1, 1, 16, 64]
    }
    #expect(throws: CheckpointError.self) { try load(misshapen) }
    let infinite = try changed("group_norm/gamma") { $0.elements[7] = .infinity }
    let error = #expect(throws: CheckpointError.self) { try load(infinite) }
    #expect(error?.description.contains("element 7") == true)
    #expect(throws: CheckpointError.self) { try load(Self.archive(["x": NumpyArray([1], [1])])) }
  }

  @Test("an archive that would expand beyond what weights can is refused before it is read")
  func bomb() throws {
    // 200,000 zeros in 24 bytes and a run of A: the directory may claim no more than that, but
    // many such members together may not either.
    let zeros = Array(
      try #require(
        Data(
          base64Encoded: "7cExAQAAAMKg9U9tBn+g" + String(repeating: "A", count: 257) + "IDXAA==")))
    let content = [UInt8](repeating: 0, count: 200_000)
    let base = ZipBuilder.Member("0.npy", content, deflated: zeros)
    let members = (0..<6_000).map { index in
      var member = base
      member.name = Array("\(index).npy".utf8)
      return member
    }
    let error = #expect(throws: CheckpointError.self) { try load(ZipBuilder(members).bytes) }
    #expect(error?.description.contains("expand") == true)
  }

  /// One byte after the other, then random damage: an error or sound weights, never a crash.
  @Test("a damaged archive is an error or still a model")
  func mutations() throws {
    var small = Self.arrays()
    small["root_block/standardized_conv2d/kernel"] = NumpyArray(
      [7, 7, 1, 32], Array(repeating: 0.5, count: 49 * 32))
    var random = SplitMix64(seed: 4)
    let start = ContinuousClock.now
    for (isDeflated, rounds) in [(false, 100), (true, 50)] {
      let whole = Self.archive(small, deflated: isDeflated)
      // Headers of members and arrays lie at every member's start, the directory at the end.
      let places = Array(0..<120) + Array((whole.count - 280)..<whole.count)
      for place in places.prefix(isDeflated ? 60 : places.count) {
        var bytes = whole
        bytes[place] = UInt8(truncatingIfNeeded: random.next())
        _ = try? load(bytes)
      }
      for _ in 0..<rounds {
        var bytes = whole
        for _ in 0..<Int.random(in: 1...8, using: &random) {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] =
            UInt8(truncatingIfNeeded: random.next())
        }
        _ = try? load(bytes)
        let cut = Int.random(in: 0..<whole.count, using: &random)
        #expect(throws: CheckpointError.self) { try load(Array(whole[..<cut])) }
      }
    }
    #expect(ContinuousClock.now - start < .seconds(120))
  }
}
