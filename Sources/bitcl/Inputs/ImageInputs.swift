import BigTransfer

/// The images that a command was asked for, one after the other, as its arguments name them:
/// files, folders, lists of files, and `-` for one image on standard input.
///
/// Lists and folders are read as the images are wanted, so their length does not matter.
struct ImageInputs: AsyncSequence, Sendable {
  typealias Element = ImageRequest
  typealias Failure = Never

  let arguments: [String]
  let searchesFolders: Bool
  let list: LineReader?

  /// How many there are, where that is known without looking.
  var count: Int? { searchesFolders || list != nil ? nil : arguments.count }

  func makeAsyncIterator() -> Iterator {
    Iterator(arguments: arguments[...], searchesFolders: searchesFolders, list: list)
  }

  struct Iterator: AsyncIteratorProtocol {
    var arguments: ArraySlice<String>
    let searchesFolders: Bool
    let list: LineReader?
    private var walk: FolderWalk?

    init(arguments: ArraySlice<String>, searchesFolders: Bool, list: LineReader?) {
      self.arguments = arguments
      self.searchesFolders = searchesFolders
      self.list = list
    }

    mutating func next() async -> ImageRequest? {
      while true {
        if let request = walk?.next() { return request }
        walk = nil
        if let argument = arguments.popFirst() {
          if argument == "-" { return await StandardInput.image() }
          if let request = request(for: argument) { return request }
        } else if let line = await list?.next() {
          if let request = request(for: line) { return request }
        } else {
          return nil
        }
      }
    }

    /// - Returns: `nil` after starting on a folder.
    private mutating func request(for path: String) -> ImageRequest? {
      if searchesFolders, FileStatus(path: path)?.kind == .folder {
        walk = FolderWalk(path)
        return nil
      }
      return ImageRequest(name: path, source: .success(.file(path)))
    }
  }
}
