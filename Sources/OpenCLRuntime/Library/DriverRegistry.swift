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
    defaultFolder: String = "/etc/OpenCL/vendors"
  ) -> DriverRegistry {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    let folder = value("OPENCL_VENDOR_PATH") ?? defaultFolder
    guard let vendors = value("OCL_ICD_VENDORS") else {
      return DriverRegistry(place: folder, drivers: drivers(inFolder: folder))
    }
    if BoundedFile.isFolder(vendors) {
      return DriverRegistry(place: vendors, drivers: drivers(inFolder: vendors))
    }
    if vendors.hasSuffix(".icd") {
      let registered = "\(folder)/\(vendors)"
      let useRegistered = !vendors.contains("/") && BoundedFile.isRegular(registered) == true
      return DriverRegistry(
        place: vendors, drivers: [driver(file: useRegistered ? registered : vendors)])
    }
    return DriverRegistry(place: vendors, drivers: [driver(library: vendors, file: nil)])
  }

  private static func drivers(inFolder folder: String) -> [RegisteredDriver] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".icd") }.sorted().map { driver(file: "\(folder)/\($0)") }
  }

  private static func driver(file: String) -> RegisteredDriver {
    guard let contents = BoundedFile.read(file, limit: largestFile) else {
      return RegisteredDriver(file: file, library: "", failure: "the file cannot be read")
    }
    let line = contents.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return driver(library: String(decoding: line, as: UTF8.self).trimmed, file: file)
  }

  private static func driver(library: String, file: String?) -> RegisteredDriver {
    let failure =
      library.isEmpty ? "the file names no library" : OpenCLLibrary.reasonNotToLoad(library)
    return RegisteredDriver(file: file, library: library, failure: failure)
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
