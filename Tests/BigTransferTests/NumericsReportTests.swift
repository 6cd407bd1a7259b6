import BigTransfer
import Testing

struct NumericsReportTests {
  @Test("the built-in backends pass, and agree on an image")
  func builtIn() async throws {
    let image = ImageSource.rgb8(
      (0..<64 * 48 * 3).map { UInt8(truncatingIfNeeded: $0 * 37) }, width: 64, height: 48)
    let report = try await NumericsReport.compare(
      model: .demo, devices: [.cpu, .reference], images: [image])
    #expect(report.passed)
    #expect(report.devices.map(\.device.id) == ["cpu", "reference"])
    #expect(report.devices.allSatisfy { $0.isComplete && $0.notRun.isEmpty })
    let pair = try #require(report.pairs.first)
    #expect(report.pairs.count == 1 && pair.agreement.images == 1)
    #expect(pair.agreement.sameTop1 == 1 && pair.agreement.maxRelative < 1e-5)
    #expect(!report.tolerances.contains { $0.isWide }, "\(report.tolerances.filter(\.isWide))")
  }

  @Test("devices that disagree are counted as such")
  func disagreement() {
    let first = [ImageResult(name: "a", logits: [3, 1, 2], expected: [3, 1, 2])]
    let second = [ImageResult(name: "a", logits: [1, 3, .nan], expected: [3, 1, 2])]
    let agreement = Agreement(first, second)
    #expect(agreement.images == 1 && agreement.sameTop1 == 0 && agreement.sameTop5 == 1)
    #expect(agreement.maxAbsolute == .infinity)
    #expect(Agreement(withOracle: first).sameTop1 == 1)
  }
}
