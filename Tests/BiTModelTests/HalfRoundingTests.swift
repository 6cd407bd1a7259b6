import BiTModel
import Testing

@Suite("Rounding to half types")
struct HalfRoundingTests {
  /// Of each number of 16 bits: itself, its neighbours in Float, and what is halfway to the next.
  private static func candidates(_ next: (UInt16) -> Float) -> [Float] {
    (UInt16.min..<0x7f80).flatMap { bits -> [Float] in
      let (value, following) = (next(bits), next(bits + 1))
      guard value.isFinite, following.isFinite else { return [] }
      let middle = value / 2 + following / 2
      return [value, value.nextUp, middle.nextDown, middle, middle.nextUp].flatMap { [$0, -$0] }
    }
  }

  @Test("float16 is what the compiler's own conversion gives, at every number and every tie")
  func float16() {
    for value in Self.candidates({ Float(Float16(bitPattern: $0)) }) {
      #expect(
        HalfRounding.float16.bits(of: Double(value)) == Float16(Double(value)).bitPattern,
        "\(value)")
    }
  }

  @Test("bfloat16 is the upper half of a Float, rounded by its lower half to even")
  func bfloat16() {
    for value in Self.candidates({ Float(bitPattern: UInt32($0) << 16) }) where !value.isSubnormal {
      let bits = value.bitPattern
      let rounded = (UInt64(bits) + 0x7fff + UInt64(bits >> 16 & 1)) >> 16
      #expect(HalfRounding.bfloat16.bits(of: Double(value)) == UInt16(rounded), "\(value)")
    }
  }

  @Test("subnormal numbers of bfloat16 round as well")
  func subnormals() {
    let least = Double(Float(bitPattern: 1 << 16))
    for (units, bits) in [(0.0, 0), (0.5, 0), (0.51, 1), (1, 1), (1.5, 2), (2.5, 2), (127.6, 128)] {
      #expect(HalfRounding.bfloat16.bits(of: units * least) == UInt16(bits), "\(units)")
    }
  }

  @Test(
    "the largest number that rounds to a finite one is kept, the next is refused",
    arguments: [
      (HalfRounding.float16, 65519.99, 65520.0, 0x7bff as UInt16),
      (HalfRounding.bfloat16, 0x1.fefffep127, 0x1.ffp127, 0x7f7f as UInt16),
    ])
  func overflow(rounding: HalfRounding, kept: Double, refused: Double, bits: UInt16) {
    #expect(rounding.bits(of: kept) == bits)
    #expect(rounding.bits(of: -kept) == bits | 0x8000)
    #expect(rounding.bits(of: refused) == nil)
    #expect(rounding.bits(of: -refused) == nil)
  }

  @Test("a product is rounded once, where rounding it to Float first would make a tie")
  func onceRounded() {
    // 1 + 2⁻¹¹ + 2⁻³⁵ is above the tie of float16; as a Float it is the tie itself.
    let value = 1 + 0x1p-11 + 0x1p-35
    #expect(HalfRounding.float16.bits(of: value) == Float16(1 + 0x1p-10).bitPattern)
    #expect(HalfRounding.float16.bits(of: Double(Float(value))) == Float16(1).bitPattern)
  }
}
