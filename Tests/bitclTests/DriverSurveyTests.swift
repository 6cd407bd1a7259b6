import Foundation
import TestSupport
import Testing

@Suite("drivers that fail when they are asked for devices")
struct DriverSurveyTests {
  struct Case: CustomTestStringConvertible {
    let fault: FakeDriver.Fault
    /// How the process ends that uses it.
    let ending: String

    var testDescription: String { fault.rawValue }
  }

  @Test(
    "devices names the driver that ends or blocks the process, and lists the others",
    arguments: [
      Case(fault: .abortWhenLoaded, ending: "SIGABRT"),
      Case(fault: .abortWhenListing, ending: "SIGABRT"),
      Case(fault: .crashWhenListing, ending: "SIGSEGV"),
      Case(fault: .hangWhenListing, ending: "took longer than"),
    ])
  func faults(_ example: Case) async throws {
    let driver = try FakeDriver(example.fault)
    let result = try await BuiltCommand.run(
      ["devices", "--format", "json", "--time-limit", "8"], environment: driver.environment)
    #expect(result.status == 0)
    let document = try result.json()
    let faults = try #require(document["faults"] as? [[String: Any]])
    #expect(faults.count == 1)
    let ending = try #require(faults.first?["ending"] as? String)
    #expect(ending.contains(example.ending))
    #expect(result.errors.contains("fake.icd"))
    if example.fault == .abortWhenListing {
      #expect((faults.first?["output"] as? String)?.contains("<device> & friends") == true)
    }
    let platforms = try #require(document["platforms"] as? [[String: Any]])
    #expect(platforms.allSatisfy { $0["name"] as? String != "Fake <platform>" })
    #expect(platforms.isEmpty == !Self.hasPoCL)
  }

  static let hasPoCL = FileManager.default.fileExists(
    atPath: "/etc/OpenCL/vendors/pocl.icd")

  @Test("what is left of the drivers is removed again")
  func temporaryFolders() async throws {
    let driver = try FakeDriver(.abortWhenListing)
    try await withTemporaryDirectory { folder in
      let result = try await BuiltCommand.run(
        ["devices"], environment: driver.environment.merging(["TMPDIR": folder.path]) { $1 })
      #expect(result.status == 0)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
  }

  @Test("answers that no device can give are refused", arguments: [FakeDriver.Fault.garbage, .old])
  func answers(_ fault: FakeDriver.Fault) async throws {
    let driver = try FakeDriver(fault)
    let document = try await BuiltCommand.run(
      ["devices", "--format", "json"], environment: driver.environment
    ).json()
    let platforms = try #require(document["platforms"] as? [[String: Any]])
    for platform in platforms where platform["name"] as? String == "Fake <platform>" {
      #expect((platform["devices"] as? [Any])?.isEmpty == true)
    }
  }

  @Test("a folder that PoCL cannot write to is named", .enabled(if: hasPoCL, "PoCL is missing"))
  func cacheFolder() async throws {
    let result = try await BuiltCommand.run(
      ["devices"], environment: ["POCL_CACHE_DIR": "/proc/nothing"])
    #expect(result.output.contains("/proc/nothing"))
    #expect(result.output.contains("POCL_CACHE_DIR"))
  }
}
