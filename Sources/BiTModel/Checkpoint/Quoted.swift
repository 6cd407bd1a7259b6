/// An error's text that names out of a file may have made as long as the file: its start, and its
/// end, which says what to do.
package func abridged(_ text: String) -> String {
  let (startLimit, endLimit) = (1500, 500)
  guard text.utf8.count > 4 * (startLimit + endLimit) else { return text }
  let scalars = text.unicodeScalars
  return String(scalars.prefix(startLimit)) + " … " + String(scalars.suffix(endLimit))
}

/// A name out of a file for an error: in quotes, and not longer than a line of text.
func quoted(_ name: String) -> String {
  let limit = 100
  let start = name.unicodeScalars.prefix(limit)
  return start.endIndex == name.unicodeScalars.endIndex ? "'\(name)'" : "'\(String(start))…'"
}
