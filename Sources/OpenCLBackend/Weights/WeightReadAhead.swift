import BiTModel
import OpenCLRuntime

/// Reads parameters before they are asked for, two at a time, on threads of its own.
///
/// They are to be asked for in the order given, each once; whatever else is asked for, or later, comes
/// from the source directly. What waits is bounded, so that a large model costs no second copy of itself.
final class WeightReadAhead: WeightSource {
  /// Bytes that are read ahead at most; a larger parameter is read ahead alone.
  static let limit = 8 << 20

  private static let readers = 2

  private struct State {
    /// The parameters that are read and asked for next, by their places.
    var next = 0
    var awaited = 0
    /// Of what is being read and of what waits to be taken.
    var byteCount = 0
    var values: [Int: Result<[Float], any Error>] = [:]
    var isOver = false
  }

  private let source: any WeightSource
  private let parameters: [Parameter]
  private let state = Monitor(State())

  /// Begins to read.
  init(_ source: any WeightSource, _ parameters: [Parameter]) {
    self.source = source
    var seen: Set<ParameterName> = []
    self.parameters = parameters.filter { seen.insert($0.name).inserted }
    let threads = (0..<Self.readers).count { _ in Thread.start { self.read() } }
    if threads == 0 { stop() }
  }

  /// No more is read. To be called at the end, also after an error.
  func stop() {
    state.update {
      $0.isOver = true
      $0.values = [:]
    }
  }

  func values(of parameter: Parameter) throws -> [Float] {
    let place = state.withLock { state in
      let isNext = !state.isOver && state.awaited < parameters.count
      return isNext && parameters[state.awaited] == parameter ? state.awaited : nil
    }
    guard let place else { return try source.values(of: parameter) }
    state.wait { $0.values[place] != nil || $0.isOver }
    let result = state.update { state in
      state.awaited += 1
      state.byteCount -= parameter.byteCount
      return state.values.removeValue(forKey: place)
    }
    return try result?.get() ?? source.values(of: parameter)
  }

  private func read() {
    while let place = begin() {
      let result = Result { try source.values(of: parameters[place]) }
      state.update { if !$0.isOver { $0.values[place] = result } }
    }
  }

  private func begin() -> Int? {
    let parameters = parameters
    // Nothing held: then the next is the one that is waited for, however large.
    func mayBegin(_ state: State) -> Bool {
      state.byteCount == 0
        || state.byteCount + parameters[state.next].byteCount <= Self.limit
    }
    while true {
      state.wait { $0.isOver || $0.next == parameters.count || mayBegin($0) }
      let step = state.withLock { state -> (place: Int?, isDone: Bool) in
        if state.isOver || state.next == parameters.count { return (nil, true) }
        // The other thread may have begun it meanwhile.
        guard mayBegin(state) else { return (nil, false) }
        defer { state.next += 1 }
        state.byteCount += parameters[state.next].byteCount
        return (state.next, false)
      }
      if step.place != nil || step.isDone { return step.place }
    }
  }
}

extension Parameter {
  fileprivate var byteCount: Int { count * MemoryLayout<Float>.stride }
}
