import Foundation
import OpenCLRuntime
import Testing

@Suite("The OpenCL library")
struct LibraryTests {
  @Test("a missing library is an error that says what to do")
  func missing() throws {
    let error = try #require(failure(of: "/nonexistent/libOpenCL.so"))
    #expect(error.description == "no OpenCL library: /nonexistent/libOpenCL.so: no such file")
    #expect(error.advice?.contains("BITCL_OPENCL_LIBRARY") == true)
  }

  @Test("a folder, a text, a pipe and another library are refused, and nothing waits")
  func foreign() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("not a library\n", to: "libOpenCL.so")
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(failure(of: folder.path)?.detail?.contains("not a regular file") == true)
    #expect(failure(of: pipe)?.detail?.contains("not a regular file") == true)
    #expect(failure(of: text) != nil)
    #expect(failure(of: "libm.so.6")?.detail?.contains("lacks clGetPlatformIDs") == true)
  }

  private func failure(of path: String) -> OpenCLError? {
    if case .failure(let error) = OpenCLLibrary.probe(path) { return error }
    return nil
  }
}

@Suite("The registry of drivers")
struct DriverRegistryTests {
  @Test("each registered driver that does not load has its reason")
  func folder() throws {
    let folder = try TemporaryFolder()
    try folder.write("libm.so.6\n", to: "a.icd")
    try folder.write("libno-such-driver.so.1", to: "b.icd")
    try folder.write("", to: "c.icd")
    try folder.write("libm.so.6", to: "not-a-driver.txt")
    let registry = DriverRegistry.read(environment: [:], defaultFolder: folder.path)
    #expect(registry.drivers.map(\.library) == ["libm.so.6", "libno-such-driver.so.1", ""])
    #expect(registry.drivers[0].failure == nil)
    #expect(registry.drivers[1].failure?.contains("No such file") == true)
    #expect(registry.drivers[2].failure == "the file names no library")
  }

  @Test("the environment names a folder, a file or a library")
  func environment() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("libm.so.6", to: "one.icd")
    for (name, value) in [
      ("OCL_ICD_VENDORS", folder.path), ("OCL_ICD_VENDORS", file),
      ("OCL_ICD_VENDORS", "libm.so.6"), ("OPENCL_VENDOR_PATH", folder.path),
    ] {
      let registry = DriverRegistry.read(environment: [name: value], defaultFolder: "/nonexistent")
      #expect(registry.drivers.map(\.library) == ["libm.so.6"], "\(name)=\(value)")
    }
    let byName = DriverRegistry.read(
      environment: ["OCL_ICD_VENDORS": "one.icd"], defaultFolder: folder.path)
    #expect(byName.drivers.map(\.file) == [file])
  }
}

@Suite("Diagnosis")
struct DiagnosisTests {
  private let nothing = Discovery(platforms: [], failure: nil)
  private let noDrivers = DriverRegistry.read(environment: [:], defaultFolder: "/nonexistent")

  @Test("no loader: the package is named")
  func noLoader() {
    let error = OpenCLError(.libraryUnavailable(named: false), detail: "libOpenCL.so.1: not found")
    let diagnosis = Diagnosis(
      of: nothing, library: .failure(error), registry: noDrivers, nodes: [])
    #expect(diagnosis.summary == "no OpenCL device: libOpenCL.so.1: not found")
    #expect(diagnosis.findings.first?.advice?.contains("ocl-icd-libopencl1") == true)
  }

  @Test("no driver: the package is named")
  func noDriver() {
    let diagnosis = Diagnosis(
      of: nothing, library: .success("libOpenCL.so.1"), registry: noDrivers, nodes: [])
    #expect(diagnosis.summary == "no OpenCL device: no driver is installed")
    #expect(diagnosis.findings.map(\.problem) == ["no driver is registered in /nonexistent"])
    #expect(diagnosis.findings.first?.advice?.contains("pocl-opencl-icd") == true)
  }

  @Test("platforms without devices are counted, and a driver for the CPU is named")
  func emptyPlatforms() throws {
    let platforms = (0..<3).map {
      Platform(
        info: PlatformInfo(index: $0, name: "P\($0)", vendor: "V", version: "OpenCL 1.2"),
        devices: [], unusable: [], failure: nil)
    }
    let diagnosis = Diagnosis(
      of: Discovery(platforms: platforms, failure: nil), library: .success("libOpenCL.so.1"),
      registry: noDrivers, nodes: [])
    #expect(diagnosis.summary == "no OpenCL device: 3 platforms answered, none has a device")
    #expect(diagnosis.findings.map(\.problem) == [try #require(diagnosis.summary)])
    #expect(diagnosis.advice?.contains("pocl-opencl-icd") == true)
  }

  @Test("an empty platform has its cause named, where it is known")
  func emptyPlatformCauses() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("", to: "file")
    func diagnosis(_ name: String, _ environment: [String: String]) -> Diagnosis {
      let info = PlatformInfo(index: 0, name: name, vendor: "V", version: "OpenCL 3.0")
      let platform = Platform(info: info, devices: [], unusable: [], failure: nil)
      return Diagnosis(
        of: Discovery(platforms: [platform], failure: nil), library: .success("libOpenCL.so.1"),
        registry: noDrivers, nodes: [], environment: environment)
    }
    let pocl = "Portable Computing Language"
    // A cache inside a file can be written by nobody, the superuser included.
    for environment in [
      ["POCL_CACHE_DIR": file + "/kcache"], ["XDG_CACHE_HOME": file], ["HOME": file],
    ] {
      let finding = diagnosis(pocl, environment)
      #expect(finding.summary?.contains("cannot be written") == true)
      #expect(finding.findings.first?.problem.contains(file) == true)
      #expect(finding.advice?.contains("POCL_CACHE_DIR") == true)
    }
    let fresh = diagnosis(pocl, ["HOME": folder.path])
    #expect(fresh.summary == "no OpenCL device: 1 platform answered, it has no device")
    let wrong = diagnosis(pocl, ["HOME": folder.path, "POCL_DEVICES": "none"])
    #expect(wrong.findings.first?.problem.contains("POCL_DEVICES=none") == true)
    let off = diagnosis("rusticl", [:])
    #expect(off.findings.first?.problem.contains("RUSTICL_ENABLE is not set") == true)
    #expect(off.advice?.contains("radeonsi") == true)
  }

  @Test("a GPU without a driver names the package of its maker")
  func gpuWithoutDriver() throws {
    let root = try TemporaryFolder()
    try root.write("", to: "dev/dri/renderD128")
    try root.write("", to: "dev/dri/card0")
    try root.write("0x8086\n", to: "sys/class/drm/renderD128/device/vendor")
    let nodes = DeviceNode.all(root: root.path)
    #expect(nodes.map(\.maker) == [.intel])
    let diagnosis = Diagnosis(
      of: nothing, library: .success("libOpenCL.so.1"), registry: noDrivers, nodes: nodes)
    #expect(diagnosis.findings.last?.advice?.contains("intel-opencl-icd") == true)
  }

  @Test("an unusable device is reported with its reason")
  func unusableDevice() {
    let id = DeviceID(platform: 0, device: 0)
    let platform = Platform(
      info: PlatformInfo(index: 0, name: "P", vendor: "V", version: "OpenCL 1.1"), devices: [],
      unusable: [UnusableDevice(id: id, name: "Old", reason: "it is too old")], failure: nil)
    let diagnosis = Diagnosis(
      of: Discovery(platforms: [platform], failure: nil), library: .success("libOpenCL.so.1"),
      registry: noDrivers, nodes: [])
    #expect(diagnosis.summary == "no OpenCL device: Old cannot be used: it is too old")
    #expect(diagnosis.findings.map(\.problem) == ["device 0:0 Old cannot be used: it is too old"])
  }
}
