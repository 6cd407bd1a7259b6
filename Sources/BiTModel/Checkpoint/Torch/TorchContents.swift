import Synchronization

/// What a file of PyTorch's holds: the views that are its model's tensors, and where the storages
/// behind them are.
struct TorchContents: Sendable {
  enum Location: Sendable {
    case file(FileReader, offset: Int)
    case member(ZipMember)
  }

  let tensors: [String: TorchTensor]
  /// By the storages' numbers; those that no tensor needs are left out.
  private let locations: [Int: Location]
  private let order: ByteOrder
  /// `nil` for files that are none.
  private let archive: ZipArchive?
  private let verified = VerifiedMembers()

  init(
    tensors: [String: TorchTensor], locations: [Int: Location], order: ByteOrder,
    archive: ZipArchive?
  ) {
    self.tensors = tensors
    self.locations = locations
    self.order = order
    self.archive = archive
  }

  /// The elements of a storage from the first to the last that a tensor covers.
  func elements(
    _ tensor: TorchTensor, of type: ElementType, file: String
  ) throws(CheckpointError) -> [Float] {
    let start = tensor.offset * type.byteCount
    switch locations[tensor.storage] {
    case .file(let reader, let offset):
      return try FileStream(reader, at: offset + start)
        .elements(tensor.span, of: type, order: order)
    case .member(let member):
      guard let archive else { break }
      let isWhole = tensor.span * type.byteCount == member.byteCount
      guard member.method == .deflated || isWhole else {
        try verified.verify(member, in: archive)
        return try archive.rangeStream(member, at: start)
          .elements(tensor.span, of: type, order: order)
      }
      let stream = try archive.stream(member)
      try stream.skip(start)
      let elements = try stream.elements(tensor.span, of: type, order: order)
      try stream.finish()
      return elements
    case nil: break
    }
    throw .malformed(file: file, reason: "a tensor's storage is missing")
  }

  /// Compressed storages are expanded once for each tensor in them. Refuses where they are a bomb's,
  /// or where many tensors share large ones, as a file may that is made to take for ever.
  func checkWork(file: String) throws(CheckpointError) {
    var (members, work) = ([Int: ZipMember](), 0)
    for tensor in tensors.values {
      guard case .member(let member)? = locations[tensor.storage], member.method == .deflated
      else { continue }
      members[tensor.storage] = member
      work += member.byteCount >> 10
    }
    try archive?.checkExpansion(of: Array(members.values))
    let once = members.values.reduce(0) { $0 + $1.byteCount >> 10 }
    guard work <= max(1 << 20, 16 * once) else {
      throw .unsupportedForm(
        path: file, found: "many tensors in compressed storages that they share",
        hint: "Save it again with torch.save, which does not compress")
    }
  }
}

/// Members whose checksums were right, so that tensors in parts of one cost one look at it together.
private final class VerifiedMembers: Sendable {
  private let names = Mutex<Set<String>>([])

  func verify(_ member: ZipMember, in archive: ZipArchive) throws(CheckpointError) {
    guard names.withLock({ !$0.contains(member.name) }) else { return }
    try archive.stream(member).finish()
    names.withLock { _ = $0.insert(member.name) }
  }
}
