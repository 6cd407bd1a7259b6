import BigTransfer

/// One thing to measure: a row of the table.
struct BenchCase: Hashable {
  let scenario: BenchScenario
  let input: TensorShape

  func key(of model: Model) -> BenchBaseline.Key {
    BenchBaseline.Key(
      model: model.name, scenario: scenario, height: input.height, width: input.width,
      batch: input.batch)
  }

  /// The same in every run: −1 … 1, as normalised pixels are.
  static func noise(_ shape: TensorShape) -> HostTensor {
    var state: UInt32 = 1
    let elements = (0..<shape.count).map { _ in
      // Knuth's linear congruential generator (The Art of Computer Programming, 3.3.4, table 1).
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) * 0x1p-23 - 1
    }
    return HostTensor(shape: shape, elements: elements)
  }
}
