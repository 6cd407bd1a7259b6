import Foundation
import FoundationXML
import TestSupport
import Testing

@Suite("validate", .serialized)
struct ValidateTests {
  private static let image = BuiltCommand.sample("digit-3-a.png")

  @Test("a device's checks, layers, limits and images are in the document")
  func document() async throws {
    let result = try await BuiltCommand.run([
      "validate", "-q", "-d", "cpu", "-m", "demo", "--format", "json", Self.image,
    ])
    #expect(result.status == 0, "\(result.errors)")
    let document = try result.json()
    #expect(document["schema_version"] as? Int == 1)
    #expect(document["passed"] as? Bool == true)
    let device = try #require((document["devices"] as? [[String: Any]])?.first)
    let agreement = try #require(device["agreement_with_oracle"] as? [String: Any])
    #expect(agreement["same_top1"] as? Int == 1)
    let report = try #require(device["report"] as? [String: Any])
    #expect(report["complete"] as? Bool == true)
    let results = try #require(report["results"] as? [[String: Any]])
    let kinds = Set(results.compactMap { ($0["check"] as? [String: Any])?["kind"] as? String })
    #expect(kinds.isSuperset(of: ["operation", "layers", "network", "repeatability", "images"]))
    let tensors = results.flatMap { $0["tensors"] as? [[String: Any]] ?? [] }
    #expect(tensors.allSatisfy { $0["units"] != nil && $0["cosine"] != nil })
    let tolerances = try #require(document["tolerances"] as? [[String: Any]])
    #expect(!tolerances.isEmpty)
    let conditions = try #require(document["conditions"] as? [String: Any])
    #expect((conditions["command"] as? [String])?.first == "bitcl")
  }

  @Test("the page is well-formed, names no other file, and escapes what drivers say")
  func page() async throws {
    let driver = try FakeDriver(.printAndExit)
    try await withTemporaryDirectory { folder in
      try await Self.checkPage(with: driver, in: folder)
    }
  }

  private static func checkPage(with driver: FakeDriver, in folder: URL) async throws {
    let page = folder.appending(path: "report.html")
    let result = try await BuiltCommand.run(
      [
        "validate", "-q", "--all", "-m", "demo", "--time-limit", "100", "--report", page.path,
        image,
      ],
      environment: driver.environment.merging(["POCL_DEBUG": "<script>alert('&')</script>"]) { $1 })
    #expect(result.status == 3)
    let data = try Data(contentsOf: page)
    let parser = XMLParser(data: data)
    #expect(parser.parse(), "\(String(describing: parser.parserError)), \(parser.lineNumber)")
    let text = String(decoding: data, as: UTF8.self)
    #expect(!text.contains("<script"))
    #expect(text.contains("&lt;script&gt;"))
    #expect(text.contains("Fake &lt;device&gt;"))
    #expect(text.contains("last words of the fake driver"))
    #expect(text.contains("exit code 42"))
    for reference in ["src=", "href=", "url(", "@import"] { #expect(!text.contains(reference)) }
    #expect(text.contains("<svg"))
    // Nothing of the temporary file is left.
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }

  @Test(
    "a wrong kernel is named, with the layer that it wrote",
    .enabled(if: DriverSurveyTests.hasPoCL, "PoCL is missing"))
  func wrongKernel() async throws {
    try await withTemporaryDirectory { folder in
      let kernels = folder.appending(path: "Kernels")
      try FileManager.default.copyItem(
        at: BuiltCommand.root.appending(path: "Kernels"), to: kernels)
      let file = kernels.appending(path: "max_pool.cl")
      let source = try String(contentsOf: file, encoding: .utf8)
      // One element is wrong, whatever the kernel does otherwise.
      let end = try #require(source.lastIndex(of: "}"))
      let wrong =
        source[..<end]
        + "if (!get_global_id(0) && !get_global_id(1) && !get_global_id(2)) y[0] += 1.0f;\n"
        + source[end...]
      try wrong.write(to: file, atomically: true, encoding: .utf8)
      let result = try await BuiltCommand.run(
        ["validate", "-q", "-d", "Portable", "-m", "demo", "--per-layer", "--time-limit", "40"],
        environment: ["BITCL_KERNELS": kernels.path])
      #expect(result.status == 3)
      #expect(result.output.contains("first wrong layer: "))
      #expect(result.output.contains("written by max_pool, "))
    }
  }

  @Test("a reader that goes away leaves the verdict", .timeLimit(.minutes(2)))
  func closedPipe() async throws {
    let driver = try FakeDriver(.printAndExit)
    let result = try await BuiltCommand.shell(
      """
      { OCL_ICD_VENDORS='\(driver.environment["OCL_ICD_VENDORS"] ?? "")' "$BITCL" validate -q \
      -d Fake -m demo; echo $? >&2; } | true
      """)
    #expect(result.errors == "3\n")
  }

  @Test("a driver that ends every process is a row, and the other devices are checked")
  func crashingDriver() async throws {
    let driver = try FakeDriver(.abortWhenListing)
    let result = try await BuiltCommand.run(
      ["validate", "-q", "--all", "-m", "demo", "--time-limit", "60", "--format", "json"],
      environment: driver.environment)
    #expect(result.status == 3)
    let devices = try #require(try result.json()["devices"] as? [[String: Any]])
    #expect((devices.first?["ending"] as? String)?.contains("SIGABRT") == true)
    #expect(devices.dropFirst().allSatisfy { $0["passed"] as? Bool == true })
    #expect(devices.count >= 2)
  }

  @Test("a device that hangs is ended in time and says in which check")
  func hangingDevice() async throws {
    let driver = try FakeDriver(.hangWhenBuilding)
    let start = ContinuousClock.now
    let result = try await BuiltCommand.run(
      ["validate", "-q", "-d", "Fake", "-d", "cpu", "-m", "demo", "--time-limit", "12"],
      environment: driver.environment)
    #expect(result.status == 3)
    #expect(ContinuousClock.now - start < .seconds(60))
    #expect(result.output.contains("Fake <device> fails"))
    #expect(result.output.contains("took longer than"))
  }

  @Test("an interrupt leaves what was found, no process, and code 130")
  func interrupt() async throws {
    let driver = try FakeDriver(.hangWhenBuilding)
    let result = try await BuiltCommand.run(
      ["validate", "-q", "-d", "Fake", "-m", "demo", "--format", "json"],
      environment: driver.environment, interrupt: .after(.seconds(3)))
    #expect(result.status == 130)
    #expect(try result.json()["interrupted"] as? Bool == true)
    #expect(try Self.processes(with: driver).isEmpty)
  }

  @Test("the children of a killed process end")
  func killed() async throws {
    let driver = try FakeDriver(.hangWhenBuilding)
    _ = try await BuiltCommand.shell(
      """
      OCL_ICD_VENDORS='\(driver.environment["OCL_ICD_VENDORS"] ?? "")' "$BITCL" validate -q \
      -d Fake -m demo & pid=$!; sleep 3; kill -KILL $pid; sleep 1
      """)
    #expect(try Self.processes(with: driver).isEmpty)
  }

  /// Those that have the driver's library in their memory.
  private static func processes(with driver: FakeDriver) throws -> [String] {
    let folder = try #require(driver.environment["OCL_ICD_VENDORS"])
    return try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
      guard Int(name) != nil else { return false }
      let maps = try? Data(contentsOf: URL(filePath: "/proc/\(name)/maps"))
      return maps.map { String(decoding: $0, as: UTF8.self).contains(folder) } ?? false
    }
  }

  @Test(
    "a signal leaves what was found and no file",
    arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func signals(_ signal: Int32, _ code: Int32) async throws {
    try await withTemporaryDirectory { folder in
      let page = folder.appending(path: "page.html")
      let temporary = folder.appending(path: "tmp", directoryHint: .isDirectory)
      try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
      let result = try await BuiltCommand.run(
        ["validate", "-d", "reference", "-m", "demo", "--report", page.path],
        environment: ["TMPDIR": temporary.path], interrupt: .after(.seconds(2)), signal: signal)
      #expect(result.status == code, "\(result.errors)")
      #expect(result.output.contains("Interrupted"))
      #expect(!result.output.contains("FAIL"))
      #expect(try String(contentsOf: page, encoding: .utf8).contains("</html>"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path).isEmpty)
    }
  }

  @Test("a full disk is an error, for the page and for the output")
  func fullDisk() async throws {
    let page = try await BuiltCommand.run([
      "validate", "-q", "-d", "cpu", "-m", "demo", "--report", "/dev/full",
    ])
    #expect(page.status == 1)
    #expect(page.errors.contains("cannot write to /dev/full: No space left on device"))
    let output = try await BuiltCommand.shell(
      "\"$BITCL\" validate -q -d cpu -m demo > /dev/full")
    #expect(output.status == 1)
    #expect(output.errors.contains("No space left on device"))
  }

  @Test("a page that cannot be written is an error before the work begins")
  func unwritablePage() async throws {
    let result = try await BuiltCommand.run([
      "validate", "-d", "cpu", "-m", "demo", "--report", "/no/such/folder/page.html",
    ])
    #expect(result.status == 1)
    #expect(result.errors.contains("there is no folder"))
  }

  @Test("an image that cannot be read is an error, and the others are compared")
  func badImage() async throws {
    let result = try await BuiltCommand.run([
      "validate", "-q", "-d", "cpu", "-m", "demo", "--format", "json", "none.png", Self.image,
    ])
    #expect(result.status == 2)
    #expect(result.errors.contains("none.png"))
    let conditions = try #require(try result.json()["conditions"] as? [String: Any])
    #expect((conditions["images"] as? [String])?.count == 1)
  }

  @Test("golden results on several devices")
  func golden() async throws {
    let model = Fixtures.url("models/07_batch3").path
    let arguments = [
      "validate", "-q", "-m", model, "--golden", "\(model)/golden.safetensors", "--format", "json",
    ]
    let one = try await BuiltCommand.run(arguments + ["-d", "cpu"])
    #expect(one.status == 0)
    #expect(try one.json()["tensors"] != nil)
    let two = try await BuiltCommand.run(arguments + ["-d", "cpu", "-d", "reference"])
    #expect(two.status == 0)
    #expect((try two.json()["devices"] as? [Any])?.count == 2)
  }

  @Test("-d goes before its variable, and a device is checked once")
  func deviceVariable() async throws {
    let result = try await BuiltCommand.run(
      ["validate", "-q", "-d", "cpu", "-d", "cpu", "-m", "demo", "--format", "json"],
      environment: ["BITCL_DEVICE": "no such device"])
    #expect(result.status == 0, "\(result.errors)")
    #expect((try result.json()["devices"] as? [Any])?.count == 1)
  }
}
