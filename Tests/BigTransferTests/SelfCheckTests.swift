import BigTransfer
import CPUBackend
import Foundation
import NumericsValidation
import OpenCLBackend
import ReferenceBackend
import TestSupport
import Testing

@Suite("the self-check")
struct SelfCheckTests {
  private static let demo: SelfCheck? = try? SelfCheck(
    for: ModelSource.demo.open().configuration)

  /// A configuration of every kind.
  static let models =
    ((try? FileManager.default.contentsOfDirectory(atPath: Fixtures.url("models").path)) ?? [])
    .sorted()

  @Test("a sound backend passes for every configuration", arguments: models)
  func soundBackend(model: String) async throws {
    guard let model = try? ModelSource(Fixtures.url("models/\(model)").path).open() else { return }
    let check = try SelfCheck(for: model.configuration)
    #expect(try await check.firstFault(on: CPUBackend()) == nil)
  }

  @Test("the check of all that any model may use passes on a sound backend")
  func complete() async throws {
    #expect(try await SelfCheck.complete().firstFault(on: CPUBackend()) == nil)
  }

  /// Faults of single elements, which no label would show.
  static let faults: [(name: String, fault: FakeDevice.Fault)] = [
    ("an element", { _, _, outputs in outputs[0].elements[0] += 0.05 }),
    (
      "the last element of the last tensor",
      { _, _, outputs in
        let last = outputs.count - 1
        outputs[last].elements[outputs[last].elements.count - 1] += 0.05
      }
    ),
    (
      "a second image's",
      { _, input, outputs in
        if input.shape.batch > 1 { outputs[0].elements[outputs[0].shape.imageCount] += 0.05 }
      }
    ),
    ("a NaN", { _, _, outputs in outputs[0].elements[1] = .nan }),
    (
      "results that depend on what else is asked for",
      { _, _, outputs in if outputs.count < 3 { outputs[0].elements[0].negate() } }
    ),
  ]

  @Test("wrong elements are noticed", arguments: faults.indices)
  func wrongElements(index: Int) async throws {
    let device = FakeDevice(fault: Self.faults[index].fault)
    let finding = try await #require(Self.demo).firstFault(on: device)
    #expect(finding != nil, "\(Self.faults[index].name)")
  }

  /// A judge that remembers in a folder.
  private static func judge(_ folder: URL) throws -> SelfCheckJudge {
    var judge = SelfCheckJudge(try #require(demo))
    judge.memory = SelfCheckMemory(folder: folder)
    // A check of a second or two waits for a minute among hundreds of tests; `timeLimit()` tests the limit.
    judge.timeLimit = .seconds(600)
    return judge
  }

  private static let identity = KernelIdentity(text: "device, driver, kernels")

  @Test("what passed is remembered for the same kernels; what failed is checked again")
  func memory() async throws {
    try await withTemporaryDirectory { folder in
      let judge = try Self.judge(folder)
      let sound = FakeDevice()
      try await judge.judge(sound, identity: Self.identity)
      let first = sound.preparations
      #expect(first > 0)
      try await judge.judge(sound, identity: Self.identity)
      #expect(sound.preparations == first)
      try await judge.judge(sound, identity: KernelIdentity(text: "another driver"))
      #expect(sound.preparations == 2 * first)

      let broken = FakeDevice { _, _, outputs in outputs[0].elements[0] = .nan }
      for _ in 0..<2 {
        await #expect(throws: UntrustedKernels.self) {
          try await judge.judge(broken, identity: KernelIdentity(text: "broken"))
        }
      }
      #expect(broken.preparations == 2)
    }
  }

  @Test("a check that takes too long is given up, and so is the device, not its kernels")
  func timeLimit() async throws {
    try await withTemporaryDirectory { folder in
      var judge = try Self.judge(folder)
      judge.timeLimit = .milliseconds(1)
      let slow = FakeDevice { _, _, _ in usleep(50_000) }
      let error = try await #require(throws: UnprovenDevice.self) {
        try await judge.judge(slow, identity: Self.identity)
      }
      #expect(error.remedy == .anotherDevice)
      #expect(error.advice?.contains("--no-self-check") == true)
      #expect(judge.memory.pass(of: Self.identity, judge.check) == nil)
    }
  }

  @Test("a damaged entry is as good as none")
  func damage() async throws {
    try await withTemporaryDirectory { folder in
      let judge = try Self.judge(folder)
      let sound = FakeDevice()
      try await judge.judge(sound, identity: Self.identity)
      let first = sound.preparations
      let entries = try FileManager.default.contentsOfDirectory(
        at: folder, includingPropertiesForKeys: nil)
      let entry = try #require(entries.first)
      let bytes = try Data(contentsOf: entry)
      for (round, damaged) in [Data(), bytes.dropLast(), bytes + [0]].enumerated() {
        try damaged.write(to: entry)
        try await judge.judge(sound, identity: Self.identity)
        #expect(sound.preparations == (round + 2) * first)
      }
    }
  }

  @Test("a cache that cannot be written costs the memory only")
  func unwritable() async throws {
    try await withTemporaryDirectory { folder in
      let file = folder.appending(path: "file")
      try Data("in the way".utf8).write(to: file)
      let judge = try Self.judge(file.appending(path: "self-checks"))
      let sound = FakeDevice()
      try await judge.judge(sound, identity: Self.identity)
      let first = sound.preparations
      try await judge.judge(sound, identity: Self.identity)
      #expect(sound.preparations == 2 * first)
    }
  }
}
