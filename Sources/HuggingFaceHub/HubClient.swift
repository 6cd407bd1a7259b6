import HubCache

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A file as the hub describes it.
struct RemoteFile {
  let name: FileName
  let commit: Commit
  let hash: ContentHash
  /// `nil` where the hub does not say.
  let size: Int?
}

/// The questions that are asked of the hub: what a repository holds, what a file is, its bytes.
final class HubClient {
  let settings: HubSettings
  let cancellation: Cancellation
  let report: (PullEvent) -> Void
  private let http: HTTPClient

  /// - Throws: `HubError`.
  init(
    _ settings: HubSettings, _ cancellation: Cancellation, report: @escaping (PullEvent) -> Void
  ) throws {
    self.settings = settings
    self.cancellation = cancellation
    self.report = report
    http = try HTTPClient(settings, cancellation)
  }

  var retries: Retries { Retries(settings, cancellation, report: report) }

  struct Listing: Decodable {
    struct Sibling: Decodable {
      let rfilename: String
    }
    let sha: String
    let siblings: [Sibling]
  }

  /// Some million names.
  private static let listingLimit = 64 << 20

  /// The commit of a revision and the names of its files.
  /// - Returns: `nil` where the server has no listings, as simple mirrors.
  func listing(
    of id: RepositoryID, _ revision: Revision
  ) throws -> (commit: Commit, names: [String])? {
    let url =
      "\(settings.endpoint)/api/models/\(id)/revision/\(revision.description.addressComponent)"
    var body: [UInt8] = []
    let response = try ask(
      HTTPRequest(url: url, timeout: timeout), begin: { body = [] },
      receive: { bytes in
        body.append(contentsOf: bytes)
        return body.count <= Self.listingLimit
      })
    if response.status == 404, response.errorCode == nil { return nil }
    try check(response, id, revision, file: nil)
    guard let listing = try? JSONDecoder().decode(Listing.self, from: Data(body)) else {
      throw HubError.badAnswer(url: url, reason: "it is no list of a repository's files")
    }
    guard let commit = Commit(listing.sha) else {
      throw HubError.badAnswer(url: url, reason: "'\(HubError.excerpt(listing.sha))' is no commit")
    }
    return (commit, listing.siblings.map(\.rfilename))
  }

  /// What a file is, by the answer of the hub itself: the storage to which it redirects for large
  /// ones knows neither commit nor hash.
  /// - Returns: `nil` for a file that is not there.
  func metadata(
    of name: FileName, in id: RepositoryID, _ revision: Revision
  ) throws -> (file: RemoteFile?, commit: Commit?) {
    let url = address(of: name, in: id, revision)
    let response = try ask(
      HTTPRequest(method: .head, url: url, timeout: timeout), follows: Self.leadsToDescription)
    let commit = response.headers["x-repo-commit"].flatMap { Commit($0 as String) }
    if response.status == 404, [nil, "EntryNotFound"].contains(response.errorCode) {
      return (nil, commit)
    }
    if !response.isRedirect { try check(response, id, revision, file: name) }
    guard let commit else {
      throw HubError.badAnswer(url: url, reason: "its header X-Repo-Commit names no commit")
    }
    guard let tag = response.headers["x-linked-etag"] ?? response.headers["etag"],
      let hash = ContentHash(entityTag: tag)
    else { throw HubError.badAnswer(url: url, reason: "its entity tag is no hash of the file") }
    let size =
      response.headers["x-linked-size"].flatMap { HTTPResponse.count($0) }
      ?? (response.isRedirect ? nil : response.contentLength)
    return (RemoteFile(name: name, commit: commit, hash: hash, size: size), commit)
  }

  /// Whether a redirect is to be followed for what describes a file: within the hub, as for a
  /// repository that was renamed, and from a mirror that knows nothing itself. The storage that the
  /// hub redirects to knows less than the redirect says.
  private static func leadsToDescription(_ response: HTTPResponse, isSameOrigin: Bool) -> Bool {
    let hasCommit = response.headers["x-repo-commit"] != nil
    if hasCommit, response.headers["x-linked-etag"] != nil { return false }
    return isSameOrigin || !hasCommit
  }

  /// Asks for a file's bytes, once.
  /// - Throws: `HTTPClient.Failure`, `CancellationError`.
  func bytes(
    of file: RemoteFile, in id: RepositoryID, from offset: Int,
    accept: @escaping (HTTPResponse) -> Bool,
    receive: @escaping (UnsafeRawBufferPointer) -> Bool
  ) throws -> HTTPResponse {
    let url = address(of: file.name, in: id, Revision(file.commit))
    return try http.send(
      HTTPRequest(url: url, offset: offset), follows: { _, _ in true }, accept: accept,
      receive: receive)
  }

  /// Says what is wrong with an answer that is no success.
  /// - Throws: `HubError`.
  func check(
    _ response: HTTPResponse, _ id: RepositoryID, _ revision: Revision, file: FileName?
  ) throws(HubError) {
    guard !response.isSuccess else { return }
    switch (response.status, response.errorCode) {
    case (_, "RevisionNotFound"):
      throw .noRevision(id: id.description, revision: revision.description)
    case (401, _), (403, _), (_, "RepoNotFound"), (_, "GatedRepo"):
      throw .noAccess(
        id: id.description, status: response.status, hasToken: settings.token != nil,
        isGated: response.errorCode == "GatedRepo")
    case (404, _), (410, _):
      guard let file else {
        throw .noRevision(id: id.description, revision: revision.description)
      }
      throw .noFile(name: file.description, id: id.description)
    default:
      let message = response.headers["x-error-message"].map { ": \(HubError.excerpt($0))" } ?? ""
      throw .badAnswer(url: response.url, reason: "HTTP \(response.status)\(message)")
    }
  }

  /// A question is short, and so is its answer.
  private var timeout: Duration { settings.metadataTimeout * 6 }

  private func address(
    of name: FileName, in id: RepositoryID, _ revision: Revision
  ) -> String {
    "\(settings.endpoint)/\(id)/resolve/\(revision.description.addressComponent)"
      + "/\(name.description.addressComponent)"
  }

  /// Sends a request until it is answered.
  /// - Parameter begin: Called before each try.
  private func ask(
    _ request: HTTPRequest, begin: () -> Void = {},
    receive: @escaping (UnsafeRawBufferPointer) -> Bool = { _ in true },
    follows: (HTTPResponse, Bool) -> Bool = { _, _ in true }
  ) throws -> HTTPResponse {
    var retries = self.retries
    while true {
      begin()
      do {
        let response = try http.send(request, follows: follows, receive: receive)
        guard let setback = Setback(response) else { return response }
        try retries.wait(after: setback)
      } catch HTTPClient.Failure.transport(let url, let code, let reason) {
        try retries.wait(after: try Setback(transport: url, code: code, reason: reason))
      } catch HTTPClient.Failure.refused {
        throw HubError.badAnswer(url: request.url, reason: "it is longer than any that makes sense")
      } catch HTTPClient.Failure.badRedirect(let url, let reason) {
        throw HubError.badAnswer(url: url, reason: reason)
      }
    }
  }
}
