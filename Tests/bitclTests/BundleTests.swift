import Foundation
import TestSupport
import Testing

/// What `Scripts/gpu-bundle` carries; that it links and runs elsewhere is checked by the script.
@Suite("bundles")
struct BundleTests {
  private static let scripts = BuiltCommand.root.appending(path: "Scripts/bundle")

  @Test("nothing but FoundationEssentials is imported, for the rest does not link statically")
  func imports() throws {
    let sources = BuiltCommand.root.appending(path: "Sources")
    let files = try #require(FileManager.default.enumerator(atPath: sources.path))
    for case let path as String in files where path.hasSuffix(".swift") {
      let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
      let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
      for (number, line) in lines.enumerated() {
        guard let word = line.range(of: "import Foundation").map({ line[$0.lowerBound...] }) else {
          continue
        }
        // Foundation stands in where there are no essentials, which is not so on Linux.
        let isFallback = word == "import Foundation" && number > 0 && lines[number - 1] == "#else"
        #expect(word == "import FoundationEssentials" || isFallback, "\(path): \(line)")
      }
    }
  }

  @Test("a driver that is not registered is found beside those that are")
  func drivers() async throws {
    try await withTemporaryDirectory { try await Self.checkDrivers($0) }
  }

  private static func checkDrivers(_ root: URL) async throws {
    for name in ["my libraries", "registry", "vendors"] {
      try FileManager.default.createDirectory(
        at: root.appending(path: name), withIntermediateDirectories: false)
    }
    // Any library will do. The link that ldconfig would make is missing.
    let library = root.appending(path: "my libraries/libnvidia-opencl.so.535.1")
    try FileManager.default.copyItem(at: try BuiltCommand.executable, to: library)
    let other = root.appending(path: "my libraries/libother.so")
    try FileManager.default.copyItem(at: library, to: other)
    try "\(other.path)\n".write(
      to: root.appending(path: "registry/other.icd"), atomically: true, encoding: .utf8)
    try "/nowhere/libnvidia-opencl.so.1\n".write(
      to: root.appending(path: "registry/nvidia.icd"), atomically: true, encoding: .utf8)

    let result = try await BuiltCommand.shell(
      """
      unset OCL_ICD_VENDORS OCL_ICD_FILENAMES
      export LD_LIBRARY_PATH='\(root.path)/my libraries' OPENCL_VENDOR_PATH='\(root.path)/registry'
      driver_names=libnvidia-opencl.so.1
      . '\(scripts.path)/drivers.sh'
      driver_names=libnvidia-opencl.so.1
      find_drivers '\(root.path)/vendors'
      echo "$OCL_ICD_VENDORS"
      cat "$OCL_ICD_VENDORS"/*.icd
      """)
    #expect(result.lines == ["\(root.path)/vendors", library.path, other.path], "\(result.errors)")
  }

  @Test("run.sh goes through all its steps without OpenCL, from a folder with a blank")
  func run() async throws {
    try await withTemporaryDirectory { try await Self.checkRun($0) }
  }

  private static func checkRun(_ folder: URL) async throws {
    let bundle = folder.appending(path: "a bundle")
    let fixture = "Fixtures/01_preact_default"
    try FileManager.default.createDirectory(
      at: bundle.appending(path: "Fixtures"), withIntermediateDirectories: true)
    for name in ["run.sh", "machine.sh", "drivers.sh"] {
      try FileManager.default.copyItem(
        at: scripts.appending(path: name), to: bundle.appending(path: name))
    }
    for (name, target) in [
      ("bitcl", try BuiltCommand.executable.path),
      ("Samples", BuiltCommand.root.appending(path: "Samples").path),
      (fixture, Fixtures.url("models/01_preact_default").path),
    ] {
      try FileManager.default.createSymbolicLink(
        atPath: bundle.appending(path: name).path, withDestinationPath: target)
    }
    let result = try await BuiltCommand.shell(
      """
      cd '\(folder.path)' && OCL_ICD_VENDORS='\(folder.path)' BITCL_OPENCL_LIBRARY=/none.so \
      'a bundle/run.sh' --quick --limit 100 'the results'
      """)
    #expect(result.status == 2, "\(result.output)\(result.errors)")
    #expect(result.output.contains("cpu: 20 of 20 samples"))
    #expect(result.output.contains("no OpenCL device"))
    #expect(!result.output.contains("FAILED"), "\(result.output)\(result.errors)")
    let kept = try FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "the results").path)
    for file in ["devices.json", "bench-demo-cpu.jsonl"] { #expect(kept.contains(file)) }
  }
}
