import OpenCLBackend
import OpenCLRuntime
import TestSupport

/// The device under test with each of its kernel sets.
enum OpenCLUnderTest {
  static func device() throws -> Device { try DeviceUnderTest.device.get() }

  /// Every kernel set that the program can select on some device, where this one can run it; see
  /// `vectorSets`.
  static let kernelSets =
    persistentSets + vectorSets + ["tiled64", "tiled32", "tiled16", "tiled8", "reference"]

  /// A device without vector registers never gets these, and its compiler need not manage them:
  /// llvmpipe's takes more than five minutes. Of further implementations only what they would choose
  /// is tested: Intel's compiler takes minutes as well, for a network in one program an activation.
  private static var vectorSets: [String] {
    let all = ["vector8", "vector16"]
    guard let device = try? device() else { return all }
    guard device.limits.nativeFloatVectorWidth > 1 else { return [] }
    guard TestScope.current == .device else { return all }
    return all.filter(OpenCLBackend(device: device).kernelSets.contains)
  }

  /// Sets whose plans are one launch, where the device's language has the atomics.
  static var persistentSets: [String] {
    guard let device = try? device(), device.atomicsOption != nil,
      device.quirks.loopIterationLimit == nil
    else { return [] }
    return vectorSets.map { $0.replacing("vector", with: "persistent") }
  }

  static func backend(kernelSet: String) throws -> OpenCLBackend {
    OpenCLBackend(device: try device(), kernelSet: kernelSet)
  }
}
