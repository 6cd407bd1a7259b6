/// Something that a parser must never do, and did.
package struct BrokenProperty: Error, CustomStringConvertible {
  package let description: String
}

/// - Throws: `BrokenProperty` with `claim`, which ought to be true.
func require(_ holds: Bool, _ claim: @autoclosure () -> String) throws(BrokenProperty) {
  guard holds else { throw BrokenProperty(description: claim()) }
}

/// What a user may have to read, whatever names a file holds.
private let errorByteLimit = 8100

/// What `parse` returns, `nil` where it throws. It must do the same a second time.
/// - Parameter comparingErrors: Whether the error must be the same too. Of several values in a
///   dictionary that it cannot read, `JSONDecoder` reports any.
func parsedTwice<Value: Equatable>(
  _ what: String, comparingErrors: Bool = true, _ parse: () throws -> Value
) throws(BrokenProperty) -> Value? {
  let (first, second) = (Result(catching: parse), Result(catching: parse))
  switch (first, second) {
  case (.success(let one), .success(let other)):
    try require(one == other, "\(what) differs when it is read again")
    return one
  case (.failure(let one), .failure(let other)):
    try require(
      "\(one)".utf8.count <= errorByteLimit,
      "\(what): an error of \("\(one)".utf8.count) bytes, '\("\(one)".prefix(200))…'")
    try require(
      !comparingErrors || "\(one)" == "\(other)", "\(what): first '\(one)', then '\(other)'")
    return nil
  default:
    throw BrokenProperty(description: "\(what) is refused once and accepted once")
  }
}
