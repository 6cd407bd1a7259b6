internal import COpenCL

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where the text of kernel files comes from: embedded in the program, or a folder.
package enum KernelSources: Hashable, Sendable {
  case embedded
  /// Files on disk, read at each use, so that an edit needs no build.
  case folder(String)

  /// The environment variable that names a folder to use instead of the embedded files.
  package static let pathVariable = "BITCL_KERNELS"

  /// Embedded, unless the environment names a folder.
  package static var standard: KernelSources {
    guard let path = ProcessInfo.processInfo.environment[pathVariable], !path.isEmpty else {
      return .embedded
    }
    return .folder(path)
  }

  // Kernels are text written by hand; anything larger is not one.
  private static let largestFile = 1 << 22

  /// The text of a file, for example `fill.cl`.
  package func text(of name: String) throws(OpenCLError) -> String {
    switch self {
    case .embedded:
      var length = 0
      guard let bytes = bitcl_kernel_source(name, &length) else {
        throw OpenCLError(.missingSource(name), detail: "it is not embedded")
      }
      return String(
        decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
    case .folder(let folder):
      let file = URL(filePath: folder).appending(path: name)
      guard let contents = BoundedFile.read(file.path, limit: Self.largestFile) else {
        throw OpenCLError(.missingSource(name), detail: "no readable file \(file.path)")
      }
      return String(decoding: contents, as: UTF8.self)
    }
  }

  /// The embedded files' names.
  package static var embeddedNames: [String] {
    var names: [String] = []
    while let name = bitcl_kernel_name(names.count) { names.append(String(cString: name)) }
    return names
  }
}
