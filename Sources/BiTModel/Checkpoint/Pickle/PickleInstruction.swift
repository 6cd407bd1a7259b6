/// What an opcode says, its argument read.
enum PickleInstruction {
  enum Container { case tuple, list, dictionary }

  case push(PickleValue)
  case pushEmpty(Container)
  case mark
  case pop
  case popToMark
  case duplicate
  /// A tuple of so many values from the stack.
  case tuple(Int)
  /// A container of the values down to the mark.
  case collect(Container)
  case append
  case appendToMark
  case setItem
  case setItemsToMark
  /// Adds the values down to the mark to a set.
  case addToMark
  /// A frozen set of the values down to the mark.
  case freezeToMark
  /// Remembers the top value under a number, or under the next one.
  case store(Int)
  case memoize
  case fetch(Int)
  case global(module: String, name: String)
  /// Takes both names from the stack.
  case stackGlobal
  /// Calls an object with a tuple of arguments.
  case call
  /// Gives an object its state.
  case build
  case persistent
  case proceed
  case stop
}
