#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a worker is to do.
enum WorkerRequest: Codable, Sendable {
  /// List the devices, and say which of them words of `-d` mean.
  case devices(words: [String])
  /// Run the self-check of the device at this place.
  case selfCheck(device: String)
  case validate(ValidationRequest)
  case golden(GoldenRequest)

  /// As a line of JSON.
  func line() throws -> [UInt8] {
    Array(try JSONEncoder().encode(self)) + [UInt8(ascii: "\n")]
  }

  /// - Throws: `DecodingError`.
  init(line: some DataProtocol) throws {
    self = try JSONDecoder().decode(WorkerRequest.self, from: Data(line))
  }
}

/// A device's validation. Devices are named by the words of `-d`, models by those of `-m`.
struct ValidationRequest: Codable, Sendable {
  var device: String
  let model: String?
  let images: [String]
  let repeats: Int
  let seed: UInt64
  var secondsAllowed: Double
  let failsFast: Bool
  /// Where what the oracle made of the images is kept for the next device.
  let oracleFolder: String?
}

/// A device's results beside those of a file.
struct GoldenRequest: Codable, Sendable {
  var device: String
  let model: String?
  let golden: String
}
