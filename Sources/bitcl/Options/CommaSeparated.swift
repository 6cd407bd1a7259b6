import ArgumentParser

/// `1,8,32`: an option's values in one word.
struct CommaSeparated<Element: ExpressibleByArgument>: ExpressibleByArgument,
  ExpressibleByArrayLiteral
{
  let elements: [Element]

  init(arrayLiteral elements: Element...) {
    self.elements = elements
  }

  init?(argument: String) {
    let words = argument.split(separator: ",", omittingEmptySubsequences: false)
    elements = words.compactMap { Element(argument: String($0)) }
    guard elements.count == words.count else { return nil }
  }

  var defaultValueDescription: String {
    elements.map(\.defaultValueDescription).joined(separator: ",")
  }
}
