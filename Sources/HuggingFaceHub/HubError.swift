/// Why files did not come from the hub.
package enum HubError: Error, Hashable, Sendable {
  /// What is to be done about it, as a user of the library would map it.
  package enum Kind: Hashable, Sendable {
    /// The hub does not have it, or does not give it to this user.
    case notFound
    /// The hub or the way to it does not work at present.
    case unavailable
    /// What the hub sent cannot be right.
    case invalidData
    /// The cache cannot be written to.
    case storage
  }

  /// The repository is not there, is private, or needs its terms to be accepted.
  case noAccess(id: String, status: Int, hasToken: Bool, isGated: Bool)
  case noRevision(id: String, revision: String)
  case noFile(name: String, id: String)
  case noWeights(id: String)
  case ambiguousWeights(id: String, names: [String])
  /// `HF_HUB_OFFLINE` forbids to ask.
  case offline(id: String)
  /// No answer, or one that says to come back later.
  case unreachable(url: String, reason: String, advice: String)
  /// An answer that makes no sense.
  case badAnswer(url: String, reason: String)
  /// Bytes that are not those which the hub named.
  case wrongContent(file: String, expected: String, found: String)
  case unsafeName(name: String, id: String)
  /// The cache's file system.
  case storage(path: String, reason: String)
  case noSpace(path: String, needed: Int, available: Int)
  case noCache
  /// libcurl is missing.
  case noTransport(reason: String)
  /// An address, a number or a token in the environment.
  case badSetting(name: String, reason: String)

  package var kind: Kind {
    switch self {
    case .noAccess, .noRevision, .noFile, .noWeights, .ambiguousWeights, .offline: .notFound
    case .unreachable, .noTransport: .unavailable
    case .badAnswer, .wrongContent, .unsafeName: .invalidData
    case .storage, .noSpace, .noCache, .badSetting: .storage
    }
  }
}

extension HubError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noAccess(let id, let status, let hasToken, let isGated):
      "the hub does not give '\(id)' (HTTP \(status)): "
        + Self.accessAdvice(id: id, hasToken: hasToken, isGated: isGated)
    case .noRevision(let id, let revision):
      "'\(id)' has no revision '\(revision)': give a branch, a tag, or a commit of 40 digits that"
        + " the repository's page lists"
    case .noFile(let name, let id): "'\(id)' has no file '\(name)' any more: try again"
    case .noWeights(let id):
      "'\(id)' holds no weights that are known: model.safetensors, pytorch_model.bin, or a single"
        + " .safetensors, .npz or .pth file"
    case .ambiguousWeights(let id, let names):
      "'\(id)' holds several files of weights and nothing says which is meant:"
        + " \(names.prefix(5).joined(separator: ", "))\(names.count > 5 ? ", …" : "")."
        + " Download one of them by hand and give its path with -m"
    case .offline(let id):
      "'\(id)' is not complete in the hub's cache on this machine, and HF_HUB_OFFLINE forbids to"
        + " ask the hub. Unset it, or bring the cache from another machine and name it with"
        + " HF_HUB_CACHE"
    case .unreachable(let url, let reason, let advice): "\(url): \(reason). \(advice)"
    case .badAnswer(let url, let reason):
      "\(url) gave an answer that cannot be right: \(reason). Is HF_ENDPOINT or a proxy set to"
        + " something that is no hub?"
    case .wrongContent(let file, let expected, let found):
      "\(file): what came is not what the hub announced: expected \(expected), found \(found)."
        + " Nothing of it was kept. Try again; if it happens again, a proxy or mirror changes files"
    case .unsafeName(let name, let id):
      "'\(id)' has a file whose name is not safe to use here: '\(Self.excerpt(name))'"
    case .storage(let path, let reason):
      "\(path): \(reason). HF_HOME or HF_HUB_CACHE name another place for the cache"
    case .noSpace(let path, let needed, let available):
      "\(path): \(Self.megabytes(needed)) are needed and \(Self.megabytes(available)) are free. Make"
        + " room, or name another place with HF_HOME; what was downloaded so far is kept"
    case .noCache: "there is no place for the cache: set HOME or HF_HOME"
    case .noTransport(let reason):
      "libcurl, which downloads need, cannot be opened (\(reason)). On Debian: apt install libcurl4"
    case .badSetting(let name, let reason): "\(name): \(reason)"
    }
  }

  private static func accessAdvice(id: String, hasToken: Bool, isGated: Bool) -> String {
    if isGated {
      let who = hasToken ? " by the user whose token is used" : ""
      let token = hasToken ? "" : ", and a token given: set HF_TOKEN, or run 'hf auth login'"
      return "its terms have to be accepted on the repository's page\(who)\(token)"
    }
    let names = "there is no such repository, or it is private."
    return hasToken
      ? "\(names) Look at the id, and whether the token that was sent (HF_TOKEN, or the file that"
        + " 'hf auth login' writes) is valid and may read it"
      : "\(names) Look at the id; for a private one, set HF_TOKEN or run 'hf auth login'"
  }

  private static func megabytes(_ count: Int) -> String {
    let tenths = (count + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10) MB"
  }

  /// What the network sends may be long, and may hold what moves a terminal's cursor.
  static func excerpt(_ text: some StringProtocol) -> String {
    let scalars = text.unicodeScalars.prefix(100).map { scalar in
      scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "\u{FFFD}" : scalar
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
