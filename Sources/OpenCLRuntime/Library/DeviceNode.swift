import Glibc

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file through which a driver reaches a GPU.
package struct DeviceNode: Hashable, Sendable {
  package let path: String
  /// Whether this user may open it for reading and writing.
  package let isAccessible: Bool
  package let maker: Maker?

  /// Who made the GPU, from its PCI vendor number.
  package enum Maker: String, Hashable, Sendable {
    case amd = "AMD"
    case intel = "Intel"
    case nvidia = "NVIDIA"

    /// Debian's package with the driver.
    package var package: String {
      switch self {
      case .amd: "mesa-opencl-icd"
      case .intel: "intel-opencl-icd"
      case .nvidia: "nvidia-opencl-icd"
      }
    }
  }

  /// The nodes of this machine: `/dev/dri/renderD*`, AMD's `/dev/kfd`, NVIDIA's `/dev/nvidiactl`.
  ///
  /// - Parameter root: the folder that stands for `/`.
  package static func all(root: String = "") -> [DeviceNode] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root + "/dev/dri")) ?? []
    let render = names.filter { $0.hasPrefix("renderD") }.sorted().map { name in
      DeviceNode(
        path: root + "/dev/dri/" + name,
        maker: maker(vendorFile: root + "/sys/class/drm/\(name)/device/vendor"))
    }
    let others: [(String, Maker)] = [("/dev/kfd", .amd), ("/dev/nvidiactl", .nvidia)]
    return render
      + others.compactMap { name, maker in
        access(root + name, F_OK) == 0 ? DeviceNode(path: root + name, maker: maker) : nil
      }
  }

  private init(path: String, maker: Maker?) {
    self.path = path
    self.maker = maker
    isAccessible = access(path, R_OK | W_OK) == 0
  }

  // PCI vendor numbers as Linux prints them.
  private static func maker(vendorFile: String) -> Maker? {
    guard let contents = BoundedFile.read(vendorFile, limit: 4096) else { return nil }
    switch String(decoding: contents, as: UTF8.self).trimmed {
    case "0x1002": return .amd
    case "0x8086": return .intel
    case "0x10de": return .nvidia
    default: return nil
    }
  }
}
