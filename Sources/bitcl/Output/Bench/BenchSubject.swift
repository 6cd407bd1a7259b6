import BigTransfer

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What all measurements of a model on a device share.
struct BenchSubject {
  let model: String
  let device: String
  let driver: String?
  let kernels: String?
  /// Threads or compute units.
  let threads: Int
  let startup: Startup
  let host = HostFacts.current
  let version = Bitcl.version
  let date = Date().ISO8601Format()

  /// What passes before the first image, in seconds.
  struct Startup: Encodable {
    /// Opening the model: reading what it is, not its weights.
    let load: Double
    /// Building a device's programs, or finding them in the driver's cache.
    let build: Double?
    /// Reading, packing and uploading the weights of a device.
    let upload: Double?
    /// All of preparing: the two before, finding the device, and its self-check.
    let prepare: Double

    private enum CodingKeys: String, CodingKey {
      case load = "load_seconds"
      case build = "build_seconds"
      case upload = "upload_seconds"
      case prepare = "prepare_seconds"
    }

    init(loading: Duration, _ preparation: PreparedModel.Preparation) {
      load = loading / .seconds(1)
      build = preparation.building.map { $0 / .seconds(1) }
      upload = preparation.uploading.map { $0 / .seconds(1) }
      prepare = preparation.duration / .seconds(1)
    }

    var text: String {
      func seconds(_ value: Double) -> String { Text.fixed(value, decimals: 2) + " s" }
      var parts = ["loaded in \(seconds(load))", "prepared in \(seconds(prepare))"]
      if let build, let upload {
        parts[1] +=
          " (programs \(seconds(build)), weights \(seconds(upload)),"
          + " the rest \(seconds(max(0, prepare - build - upload))))"
      }
      return parts.joined(separator: ", ")
    }
  }

  init(_ prepared: PreparedModel, loading: Duration) async {
    model = prepared.model.name
    device = await prepared.deviceName
    driver = await prepared.device?.driverVersion
    kernels = await prepared.kernels
    threads = await prepared.threadCount
    startup = Startup(loading: loading, prepared.preparation)
  }

  /// Names and what they stand for, for people.
  func facts(_ peak: ArithmeticPeak?) -> [(name: String, value: String)] {
    let name = device + (driver.map { ", driver \($0)" } ?? "")
    let threads = "\(threads) \(threads == 1 ? "thread" : "threads")"
    return [
      ("model", model),
      ("device", name + (kernels.map { ", kernels \($0)" } ?? "") + ", \(threads)"),
      ("host", "\(host.processor), \(host.logicalProcessors) processors, \(host.system)"),
      ("made", "\(version), \(date)"),
      ("start", startup.text),
    ] + (peak.map { [("peak", Self.text($0))] } ?? [])
  }

  private static func text(_ peak: ArithmeticPeak) -> String {
    let loops = [("OpenCL", peak.openCL), ("C", peak.native)].compactMap { name, value in
      value.map { "\(Text.fixed($0 * 1e-9, decimals: 1)) GFLOP/s by a loop in \(name)" }
    }
    return loops.isEmpty ? "could not be measured" : loops.joined(separator: ", ")
  }
}
