import Synchronization

/// A short queue from one task to another: the sender waits while it is full, the receiver while
/// it is empty, and either learns when the other is gone.
final class Handoff<Element: Sendable>: Sendable {
  private struct State {
    var elements: [Element] = []
    var isFinished = false
    var isCancelled = false
    /// At most one side waits: the queue cannot be full and empty.
    var waiter: CheckedContinuation<Void, Never>?
  }

  private let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int) { self.capacity = capacity }

  /// - Returns: Whether the receiver still wants more.
  func send(_ element: Element) async -> Bool {
    while true {
      let sent: Bool? = state.withLock { state in
        if state.isCancelled { return false }
        guard state.elements.count < capacity else { return nil }
        state.elements.append(element)
        return true
      }
      if let sent {
        wake()
        return sent
      }
      await wait { $0.elements.count >= self.capacity && !$0.isCancelled }
    }
  }

  /// The oldest element; `nil` after the last one, and after `cancel`.
  func next() async -> Element? {
    while true {
      let (element, isOver) = state.withLock { state -> (Element?, Bool) in
        if state.isCancelled { return (nil, true) }
        if state.elements.isEmpty { return (nil, state.isFinished) }
        return (state.elements.removeFirst(), false)
      }
      if let element {
        wake()
        return element
      }
      if isOver { return nil }
      await wait { $0.elements.isEmpty && !$0.isFinished && !$0.isCancelled }
    }
  }

  /// The sender is done; what was sent can still be received.
  func finish() {
    state.withLock { $0.isFinished = true }
    wake()
  }

  /// Ends both sides' waiting and drops what is queued.
  func cancel() {
    state.withLock { state in
      state.isCancelled = true
      state.elements = []
    }
    wake()
  }

  private func wait(while condition: @Sendable (borrowing State) -> Bool) async {
    await withCheckedContinuation { continuation in
      let mustWait = state.withLock { state in
        guard condition(state) else { return false }
        state.waiter = continuation
        return true
      }
      if !mustWait { continuation.resume() }
    }
  }

  private func wake() {
    let waiter = state.withLock { state in
      let waiter = state.waiter
      state.waiter = nil
      return waiter
    }
    waiter?.resume()
  }
}
