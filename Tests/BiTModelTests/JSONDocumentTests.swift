import BiTModel
import FoundationEssentials
import Testing

@Suite("JSON that is passed on")
struct JSONDocumentTests {
  @Test("what is read is written again with its kind of value, keys sorted")
  func roundTrip() throws {
    let text = #"{"z":[1,2.5,-3e-7,true,null,{}],"a":{"k":"v"},"b":[]}"#
    let document = try JSONDecoder().decode(JSONDocument.self, from: Data(text.utf8))
    #expect(
      document.compactText == #"{"a":{"k":"v"},"b":[],"z":[1,2.5,-3e-07,true,null,{}]}"#)
    #expect(
      try JSONDecoder().decode(JSONDocument.self, from: Data(document.indentedText.utf8))
        == document)
  }

  @Test(
    "texts survive, whatever is in them",
    arguments: ["", "\"\\/\u{8}\n\r\t\u{1}\u{1F}", "Käse 😀 \u{2028}", "a\u{301}"])
  func texts(_ text: String) throws {
    let written = JSONDocument.object([(text, .string(text))]).compactText
    #expect(
      try JSONDecoder().decode([String: String].self, from: Data(written.utf8)) == [text: text])
  }

  @Test("indents as Python's json does")
  func indentation() {
    let document = JSONDocument.object([
      ("a", .array([.integer(1), .integer(2)])), ("b", .object([("c", .null)])), ("d", .array([])),
    ])
    let expected = """
      {
        "a": [
          1,
          2
        ],
        "b": {
          "c": null
        },
        "d": []
      }

      """
    #expect(document.indentedText == expected)
  }
}
