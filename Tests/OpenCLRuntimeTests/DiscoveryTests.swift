import OpenCLRuntime
import Testing

@Suite("Discovery")
struct DiscoveryTests {
  @Test(
    "every device has an id of its own and plausible limits",
    .enabled(if: TestDevice.isPresent, TestDevice.skipReason))
  func devices() {
    let devices = Device.all()
    #expect(Set(devices.map(\.id)).count == devices.count)
    for device in devices {
      #expect(!device.name.isEmpty && !device.driverVersion.isEmpty)
      #expect(device.limits.computeUnits > 0 && device.limits.maxWorkGroupSize > 0)
      #expect(device.limits.largestAllocation <= device.limits.globalMemory)
      #expect(device.label.hasPrefix("\(device.id.platform):\(device.id.device) "))
    }
  }

  @Test(
    "version strings",
    arguments: [
      ("OpenCL 1.2 pocl", OpenCLVersion(1, 2)), ("OpenCL 3.0", OpenCLVersion(3, 0)),
      ("OpenCL 1.1 Mesa 22.3.6", OpenCLVersion(1, 1)),
    ])
  func versions(text: String, version: OpenCLVersion) {
    #expect(OpenCLVersion(parsing: text) == version)
  }

  @Test("what is no version string", arguments: ["", "OpenCL", "OpenCL 1", "OpenCL C 1.2", "1.2"])
  func noVersions(text: String) {
    #expect(OpenCLVersion(parsing: text) == nil)
  }

  @Test("quirks belong to a platform")
  func quirks() {
    let pocl = DeviceQuirks(platform: "Portable Computing Language", driver: "3.1+debian")
    #expect(pocl.keepsOwnProgramCache)
    #expect(DeviceQuirks(platform: "rusticl", driver: "22.3.6").abortsOnForeignBinary)
    let llvmpipe = DeviceQuirks(
      platform: "rusticl", device: "llvmpipe (LLVM 15.0.6, 256 bits)", driver: "22.3.6")
    #expect(llvmpipe.loopIterationLimit == 65_535)
    let radeon = DeviceQuirks(platform: "rusticl", device: "AMD Radeon RX 6800", driver: "22.3.6")
    #expect(radeon.loopIterationLimit == nil)
    #expect(DeviceQuirks(platform: "NVIDIA CUDA", driver: "535.104.05") == DeviceQuirks())
  }

  @Test("GPUs come before accelerators and those before CPUs, then speed counts")
  func scores() {
    let large = limits(computeUnits: 132, clockMHz: 1980)
    let small = limits(computeUnits: 4, clockMHz: 300)
    let order = [
      DeviceScore(kind: .cpu, limits: small), DeviceScore(kind: .cpu, limits: large),
      DeviceScore(kind: .accelerator, limits: small),
      DeviceScore(kind: .gpu, limits: limits(computeUnits: 8, clockMHz: 900, isUnified: true)),
      DeviceScore(kind: .gpu, limits: small), DeviceScore(kind: .gpu, limits: large),
    ]
    #expect(order == order.sorted())
    #expect(order.last?.reason == "gpu, 132 compute units at 1980 MHz")
  }

  private func limits(
    computeUnits: Int, clockMHz: Int, isUnified: Bool = false
  ) -> DeviceLimits {
    DeviceLimits(
      computeUnits: computeUnits, clockMHz: clockMHz, globalMemory: 1 << 30,
      largestAllocation: 1 << 28, localMemory: 1 << 15, hasDedicatedLocalMemory: true,
      maxWorkGroupSize: 256, maxWorkItemSizes: [256, 256, 256], preferredFloatVectorWidth: 1,
      nativeFloatVectorWidth: 1, bufferAlignment: 128, hasUnifiedMemory: isUnified)
  }
}
