import BigTransfer
import Testing

@Suite("scores")
struct ScoreTests {
  @Test("softmax neither overflows nor vanishes")
  func softmax() {
    let scores = ScoreFunction.softmax.scores(of: [1000, 1000, -1000])
    #expect(scores == [0.5, 0.5, 0])
    // e¹ / (e¹ + e² + e³), to 15 digits.
    let known = ScoreFunction.softmax.scores(of: [1, 2, 3])
    #expect(abs(known[0] - 0.0900305731703805) < 1e-15)
    #expect(ScoreFunction.softmax.scores(of: []) == [])
  }

  @Test("sigmoid is right at both ends")
  func sigmoid() {
    let scores = ScoreFunction.sigmoid.scores(of: [-1000, -3, 0, 3, 1000])
    #expect(scores[0] == 0)
    #expect(scores[2] == 0.5)
    #expect(scores[4] == 1)
    #expect(abs(scores[1] + scores[3] - 1) < 1e-15)
    // 1 / (1 + e³)
    #expect(abs(scores[1] - 0.04742587317756678) < 1e-16)
  }

  @Test("the function follows the kind of problem, as in transformers' pipeline")
  func choice() {
    var configuration = ModelConfiguration()
    configuration.labels = ["a", "b"]
    #expect(ScoreFunction(for: configuration) == .softmax)
    configuration.problemType = .multiLabel
    #expect(ScoreFunction(for: configuration) == .sigmoid)
    configuration.problemType = .singleLabel
    #expect(ScoreFunction(for: configuration) == .softmax)
    configuration.labels = ["a"]
    #expect(ScoreFunction(for: configuration) == .sigmoid)
  }

  @Test("of equal scores the lower index comes first")
  func ties() {
    let labels = ["a", "b", "c", "d"]
    let top = Prediction.top(3, of: [1, 2, 2, 1], labels: labels, by: .none)
    #expect(top.map(\.label) == ["b", "c", "a"])
    #expect(top.map(\.index) == [1, 2, 0])
    let likely = Prediction.top(4, of: [1, 2, 2, 1], labels: labels, by: .none, threshold: 2)
    #expect(likely.map(\.label) == ["b", "c"])
  }
}
