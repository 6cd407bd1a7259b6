/// What a decoder has to say against a document, in words that name the key.
enum DecodingFailure {
  private static func name(of type: Any.Type) -> String {
    switch type {
    case is String.Type: "text"
    case is Int.Type: "a whole number"
    case is Double.Type: "a number or text"
    case is Bool.Type: "true or false"
    case is [Any].Type, is [Int].Type, is [String].Type: "a list"
    default: "an object"
    }
  }

  static func explain(_ error: any Error) -> String {
    func path(_ context: DecodingError.Context) -> String {
      let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
      return keys.isEmpty ? "the document" : keys.joined(separator: ".")
    }
    guard let error = error as? DecodingError else { return "\(error)" }
    switch error {
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return "\(path(context)) is not \(name(of: type))"
    case .keyNotFound(let key, _): return "\(key.stringValue) is missing"
    case .dataCorrupted(let context):
      return context.codingPath.isEmpty ? "it is not valid JSON" : "\(path(context)) is not valid"
    @unknown default: return "\(error)"
    }
  }
}
