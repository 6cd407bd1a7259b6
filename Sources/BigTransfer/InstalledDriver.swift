import OpenCLRuntime

/// An OpenCL driver as it is registered with the loader.
public struct InstalledDriver: Hashable, Sendable {
  /// The `.icd` file; `nil` where the environment names the library itself.
  public let file: String?
  /// What the file's first line names; `nil` where it cannot be read.
  public let library: String?

  /// The drivers that the loader would load, in the order of their files' names. None is loaded for
  /// this: `DeviceInventory` does that, and a defective driver ends the process then.
  public static func all() -> [InstalledDriver] {
    DriverRegistry.registrations().drivers.map {
      InstalledDriver(file: $0.file, library: $0.library)
    }
  }
}
