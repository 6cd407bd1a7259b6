import HubCache

/// What a pull did, or would do.
struct PullReport: Encodable {
  struct File: Encodable {
    let name: String
    /// `nil` where the hub does not say.
    let bytes: Int?
    /// Was there before.
    let cached: Bool
    /// `sound`, `damaged` or `unknown`, where it was looked at again.
    let verdict: String?
  }

  let folder: String
  let files: [File]
  let totalBytes: Int
  let missingBytes: Int
  private let isDryRun: Bool
  /// What is wrong, and what was done about it.
  let damages: [String]
  /// What could not be judged.
  let doubts: [String]

  private enum CodingKeys: CodingKey {
    case folder, files, totalBytes, missingBytes
  }

  init(_ result: PullResult, isDryRun: Bool) {
    folder = result.folder
    self.isDryRun = isDryRun
    files = result.files.map { file in
      File(
        name: file.name, bytes: file.byteCount, cached: file.isCached,
        verdict: file.verdict.map(Self.word))
    }
    totalBytes = files.reduce(0) { $0 + ($1.bytes ?? 0) }
    missingBytes = files.reduce(0) { $0 + ($1.cached ? 0 : $1.bytes ?? 0) }
    damages = result.files.compactMap { file in
      guard case .damaged(let expected, let found) = file.verdict else { return nil }
      return "\(file.name) was damaged and has been removed: its hash should be \(expected) and was"
        + " \(found). Run 'bitcl pull' again to download it"
    }
    doubts = result.files.compactMap { file in
      guard file.verdict == .unknown else { return nil }
      return
        "\(file.name) is a copy that names no hash, and the hub was not asked for it: not checked"
    }
  }

  private static func word(_ verdict: PullResult.Verdict) -> String {
    switch verdict {
    case .sound: "sound"
    case .damaged: "damaged"
    case .unknown: "unknown"
    }
  }

  /// The folder alone, for `$(bitcl pull …)`; a list for a dry run.
  var text: String {
    guard isDryRun else { return "\(Text.printable(folder))\n" }
    let rows = files.map { file in
      [Self.size(file.bytes), file.name, file.cached ? "in the cache" : ""]
    }
    let total = [Self.size(totalBytes), "in all, \(Text.bytes(missingBytes)) to download"]
    return Text.table(rows + [total], rightAligned: [0])
  }

  private static func size(_ bytes: Int?) -> String { bytes.map(Text.bytes) ?? "unknown" }
}
