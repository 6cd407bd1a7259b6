/// A name out of a file for an error: in quotes, and not longer than a line of text.
func quoted(_ name: String) -> String {
  let limit = 100
  let start = name.unicodeScalars.prefix(limit)
  return start.endIndex == name.unicodeScalars.endIndex ? "'\(name)'" : "'\(start)…'"
}
