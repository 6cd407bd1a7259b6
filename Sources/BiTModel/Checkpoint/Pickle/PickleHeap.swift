/// The tuples, lists and dictionaries that pickles of one file describe.
struct PickleHeap {
  /// A container's number.
  struct Reference: Hashable {
    fileprivate let index: Int
  }

  enum Failure: Error { case full }

  /// Values in all containers together, and containers.
  static let limit = 1 << 21

  private var containers: [[PickleValue]] = []
  private var count = 0

  /// What a container holds; a dictionary's keys and values alternate, later ones overruling.
  subscript(reference: Reference) -> [PickleValue] { containers[reference.index] }

  mutating func make(_ values: some Collection<PickleValue>) throws(Failure) -> Reference {
    try grow(1 + values.count)
    containers.append(Array(values))
    return Reference(index: containers.count - 1)
  }

  mutating func append(
    _ values: some Collection<PickleValue>, to reference: Reference
  ) throws(Failure) {
    try grow(values.count)
    containers[reference.index].append(contentsOf: values)
  }

  private mutating func grow(_ more: Int) throws(Failure) {
    guard more <= Self.limit - count else { throw .full }
    count += more
  }
}
