import BiTModel
import NumericsValidation
import Testing

struct TensorComparisonTests {
  private let shape = TensorShape(batch: 2, height: 3, width: 4, channels: 5)

  private func compare(
    _ tolerance: Tolerance = .exact, change: (inout HostTensor) -> Void
  ) -> TensorComparison {
    let expected = HostTensor(shape: shape, filledWith: 2)
    var found = expected
    change(&found)
    return TensorComparison("x", expected: expected, found: found, tolerance: tolerance)
  }

  @Test("equal tensors pass exactly")
  func equal() {
    let row = compare { _ in }
    #expect(row.passed && row.maxAbsolute == 0 && row.maxRelative == 0)
  }

  @Test("the largest difference is found, named and measured by the largest magnitude")
  func largestDifference() {
    let row = compare(Tolerance(name: "a tenth", relative: 0.1)) {
      $0[0, 1, 1, 1] += 0.125
      $0[1, 2, 3, 4] -= 0.25
    }
    #expect(!row.passed)
    #expect(row.maxAbsolute == 0.25)
    #expect(row.maxRelative == 0.125)
    #expect(row.allowed == 0.2)
    #expect(row.position?.description == "image 1, row 2, column 3, channel 4")
  }

  @Test("a difference just within the limit passes")
  func withinLimit() {
    let row = compare(Tolerance(name: "an eighth", relative: 0.125)) { $0[1, 0, 0, 0] = 2.25 }
    #expect(row.passed && row.maxAbsolute == row.allowed)
  }

  @Test("a value that is not finite never passes", arguments: [Float.nan, .infinity, -.infinity])
  func notFinite(_ value: Float) {
    let generous = Tolerance(name: "anything", relative: 1e30, absolute: 1e300)
    let row = compare(generous) { $0[1, 0, 2, 0] = value }
    #expect(!row.passed)
    #expect(row.position?.description == "image 1, row 0, column 2, channel 0")
    let bothNaN = HostTensor(shape: shape, filledWith: value)
    #expect(
      !TensorComparison("x", expected: bothNaN, found: bothNaN, tolerance: generous).passed)
  }

  @Test("tensors of different shapes never pass")
  func differentShapes() {
    let turned = TensorShape(batch: 2, height: 4, width: 3, channels: 5)
    let row = TensorComparison(
      "x", expected: HostTensor(shape: shape, filledWith: 0),
      found: HostTensor(shape: turned, filledWith: 0), tolerance: .innerTensor)
    #expect(!row.passed)
    #expect(row.description == "x: shape [2, 4, 3, 5], expected [2, 3, 4, 5]")
  }

  @Test("empty tensors of one shape are equal")
  func empty() {
    let empty = HostTensor(
      shape: TensorShape(batch: 0, height: 1, width: 1, channels: 5), elements: [])
    let row = TensorComparison("x", expected: empty, found: empty, tolerance: .exact)
    #expect(row.passed && row.position == nil)
  }
}
