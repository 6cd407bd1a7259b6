/// The device that a word of `-d` means.
struct DeviceChoice: Codable, Hashable, Sendable {
  let word: String
  /// `P:D`, `cpu` or `reference`; `nil` where there is no such device.
  let id: String?
  /// Why there is none.
  let failure: FailureNotice?
}
