#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A driver as it is registered with the loader: an `.icd` file whose first line names a library.
package struct RegisteredDriver: Hashable, Sendable {
  /// Nil where the environment names the library itself.
  package let file: String?
  package let library: String
  /// Why the library cannot be opened, or nil.
  package let failure: String?
}

/// Where the loader looks for drivers, found as `libOpenCL(7)` of ocl-icd describes; Khronos' loader
/// knows the first case of `OCL_ICD_VENDORS` only.
package struct DriverRegistry: Hashable, Sendable {
  package let place: String
  package let drivers: [RegisteredDriver]

  // The first line of an .icd file is a path.
  private static let largestFile = 1 << 16

  /// - Parameter defaultFolder: where drivers register unless the environment says otherwise.
  package static func read(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    defaultFolder: String = defaultFolder
  ) -> DriverRegistry {
    let (place, registrations) = registrations(
      environment: environment, defaultFolder: defaultFolder)
    return DriverRegistry(place: place, drivers: registrations.map { $0.loaded() })
  }

  /// A driver's entry as it stands there, without a look at what it names.
  package struct Registration: Hashable, Sendable {
    /// Nil where the environment names the library itself.
    package let file: String?
    /// Nil where the file cannot be read.
    package let library: String?

    fileprivate func loaded() -> RegisteredDriver {
      guard let library else {
        return RegisteredDriver(file: file, library: "", failure: "the file cannot be read")
      }
      let failure =
        library.isEmpty ? "the file names no library" : OpenCLLibrary.reasonNotToLoad(library)
      return RegisteredDriver(file: file, library: library, failure: failure)
    }
  }

  package static let defaultFolder = "/etc/OpenCL/vendors"

  /// The place and what is registered there. No driver is loaded for this: a driver may end the
  /// process that loads it.
  package static func registrations(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    defaultFolder: String = defaultFolder
  ) -> (place: String, drivers: [Registration]) {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    let folder = value("OPENCL_VENDOR_PATH") ?? defaultFolder
    guard let vendors = value("OCL_ICD_VENDORS") else {
      return (folder, registrations(inFolder: folder))
    }
    if BoundedFile.isFolder(vendors) { return (vendors, registrations(inFolder: vendors)) }
    if vendors.hasSuffix(".icd") {
      let registered = "\(folder)/\(vendors)"
      let useRegistered = !vendors.contains("/") && BoundedFile.isRegular(registered) == true
      return (vendors, [registration(file: useRegistered ? registered : vendors)])
    }
    return (vendors, [Registration(file: nil, library: vendors)])
  }

  private static func registrations(inFolder folder: String) -> [Registration] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".icd") }.sorted()
      .map { registration(file: "\(folder)/\($0)") }
  }

  private static func registration(file: String) -> Registration {
    let contents = BoundedFile.read(file, limit: largestFile)
    let line = contents?.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return Registration(
      file: file, library: line.map { String(decoding: $0, as: UTF8.self).trimmed })
  }
}

extension String {
  /// Without blanks at either end.
  var trimmed: String {
    let start = drop { $0.isWhitespace }
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
