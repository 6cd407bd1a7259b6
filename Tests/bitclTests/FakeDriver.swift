import Foundation
import Testing

/// An OpenCL driver that fails as it is told to, built from `Tests/FakeOpenCLDriver`, in a folder
/// of drivers beside PoCL.
final class FakeDriver: Sendable {
  /// As the C source names them.
  enum Fault: String, CaseIterable, Sendable {
    case abortWhenLoaded = "ABORT_WHEN_LOADED"
    case abortWhenListing = "ABORT_WHEN_LISTING"
    case hangWhenListing = "HANG_WHEN_LISTING"
    case crashWhenListing = "CRASH_WHEN_LISTING"
    case hangWhenBuilding = "HANG_WHEN_BUILDING"
    case printAndExit = "PRINT_AND_EXIT"
    case garbage = "GARBAGE"
    case old = "OLD"
  }

  private let folder: URL

  /// The environment in which the loader finds the driver.
  var environment: [String: String] { ["OCL_ICD_VENDORS": folder.path] }

  init(_ fault: Fault) throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "bitcl-fake-\(UUID().uuidString)", directoryHint: .isDirectory)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let source = BuiltCommand.root.appending(path: "Tests/FakeOpenCLDriver/fake_driver.c").path
    let library = folder.appending(path: "fake.so").path
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments = [
      "clang", "-shared", "-fPIC", "-O1", "-DFAULT=\(fault.rawValue)", "-o", library, source,
    ]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0)
    try Data(library.utf8).write(to: folder.appending(path: "fake.icd"))
    let pocl = URL(filePath: "/etc/OpenCL/vendors/pocl.icd")
    if let registration = try? Data(contentsOf: pocl) {
      try registration.write(to: folder.appending(path: "pocl.icd"))
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}
