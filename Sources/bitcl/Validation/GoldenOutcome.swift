/// A device's results beside golden ones, or how its process ended instead.
enum GoldenOutcome: Encodable {
  case compared(GoldenReport)
  case died(device: String, model: String, ending: String)

  var passed: Bool {
    if case .compared(let report) = self { report.passed } else { false }
  }

  var text: String {
    switch self {
    case .compared(let report): report.text
    case .died(let device, _, let ending): "\(device): \(Text.printable(ending))\n"
    }
  }

  private struct Death: Encodable {
    let schemaVersion = JSON.schemaVersion
    let model: String
    let device: String
    let passed = false
    let tensors: [GoldenReport.Row] = []
    let error: String

    private enum CodingKeys: String, CodingKey {
      case model, device, passed, tensors, error
      case schemaVersion = "schema_version"
    }
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .compared(let report): try report.encode(to: encoder)
    case .died(let device, let model, let ending):
      try Death(model: model, device: device, error: ending).encode(to: encoder)
    }
  }
}

/// The JSON of several devices.
struct GoldenReports: Encodable {
  let schemaVersion = JSON.schemaVersion
  let passed: Bool
  let devices: [GoldenOutcome]

  private enum CodingKeys: String, CodingKey {
    case passed, devices
    case schemaVersion = "schema_version"
  }

  init(devices: [GoldenOutcome]) {
    self.devices = devices
    passed = devices.allSatisfy(\.passed)
  }
}
