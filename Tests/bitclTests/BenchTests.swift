import Foundation
import TestSupport
import Testing

@Suite("bench")
struct BenchTests {
  private static func bench(_ options: [String]) async throws -> BuiltCommand.Outcome {
    try await BuiltCommand.run(["bench", "-q", "-m", "demo", "-d", "cpu", "--no-peak"] + options)
  }

  @Test("bench reports its figures with their conditions")
  func figures() async throws {
    let result = try await Self.bench([
      "--batch", "2", "--iterations", "3", "--warmup", "1", "--format", "json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let document = try result.json()
    #expect(document["schema_version"] as? Int == 1)
    #expect(document["device"] as? String == "cpu")
    #expect(document["scenario"] as? String == "latency")
    #expect(document["batch"] as? Int == 2)
    #expect(document["iterations"] as? Int == 3)
    #expect(document["warmup"] as? Int == 1)
    #expect(document["stopped_by"] as? String == "iterations")
    #expect((document["threads"] as? Int ?? 0) > 0)
    #expect((document["bitcl_version"] as? String)?.hasPrefix("bitcl ") == true)
    #expect((document["date"] as? String)?.hasPrefix("20") == true)
    #expect((document["host"] as? [String: Any])?["processor"] is String)
    let startup = try #require(document["startup"] as? [String: Double])
    #expect(startup["load_seconds"] != nil && startup["prepare_seconds"] != nil)
    let batch = try #require(document["ms_per_batch"] as? [String: Double])
    let image = try #require(document["ms_per_image"] as? [String: Double])
    let median = try #require(batch["median"])
    #expect(abs(median - 2 * (try #require(image["median"]))) < 1e-9)
    #expect(try #require(batch["min"]) <= median)
    let (p95, p99) = (try #require(batch["p95"]), try #require(batch["p99"]))
    let max = try #require(batch["max"])
    #expect(median <= p95 && p95 <= p99 && p99 <= max)
  }

  @Test(
    "the median's interval has the confidence that its ranks give it",
    // 1 − 2 · (C(n, 0) + … + C(n, rank − 1)) / 2ⁿ; below 6 runs the whole range is all there is.
    arguments: [(1, 0.0), (3, 0.75), (5, 0.9375), (6, 0.96875), (9, 0.9609375), (20, 0.958610535)])
  func interval(runs: Int, confidence: Double) async throws {
    let document = try await Self.bench([
      "--iterations", "\(runs)", "--warmup", "1", "--format", "json",
    ]).json()
    let interval = try #require(document["median_interval_ms"] as? [String: Double])
    let times = try #require(document["ms_per_batch"] as? [String: Double])
    #expect(abs(try #require(interval["confidence"]) - confidence) < 1e-9)
    let (low, high) = (try #require(interval["low"]), try #require(interval["high"]))
    let median = try #require(times["median"])
    #expect(low <= median && median <= high)
    if runs <= 6 { #expect(low == times["min"] && high == times["max"]) }
  }

  @Test("bench measures every size with every batch, and stops at its limit")
  func table() async throws {
    let result = try await Self.bench([
      "--size", "28,20x24", "--batch", "1,3", "--iterations", "1000000", "--limit", "0.05",
      "--warmup", "1", "--format", "json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let documents = try result.jsonLines()
    let cases = documents.map {
      "\($0["height"] ?? "")x\($0["width"] ?? "") \($0["batch"] ?? "")"
    }
    #expect(cases == ["28x28 1", "28x28 3", "20x24 1", "20x24 3"])
    #expect(documents.allSatisfy { (1..<1_000_000).contains($0["iterations"] as? Int ?? 0) })
    #expect(documents.allSatisfy { $0["stopped_by"] as? String == "limit" })
  }

  @Test(
    "a warm-up ends at the limit too, and says how long it was",
    arguments: ["latency", "throughput"])
  func longWarmup(scenario: String) async throws {
    let document = try await Self.bench([
      "--scenario", scenario, "--warmup", "1000000", "--limit", "0.3", "--format", "json",
    ]).json()
    #expect(document["stopped_by"] as? String == "limit")
    #expect(document["iterations"] as? Int == 1)
    #expect((1..<1_000_000).contains(document["warmup"] as? Int ?? 0))
  }

  @Test("without a number of runs, the spread or the limit says when it is enough")
  func spread() async throws {
    let document = try await Self.bench(["--spread", "100", "--format", "json"]).json()
    #expect(document["stopped_by"] as? String == "spread")
    #expect((document["iterations"] as? Int ?? 0) >= 10)
    let closer = try await Self.bench([
      "--spread", "0.0001", "--limit", "1.5", "--format", "json",
    ]).json()
    #expect(closer["stopped_by"] as? String == "limit")
  }

  @Test("throughput keeps batches in flight and says how many")
  func throughput() async throws {
    let result = try await Self.bench([
      "--scenario", "latency,throughput", "--batch", "2", "--iterations", "5", "--format", "json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let documents = try result.jsonLines()
    #expect(documents.map { $0["scenario"] as? String } == ["latency", "throughput"])
    #expect(documents[0]["batches_in_flight"] as? Int == 1)
    #expect((documents[1]["batches_in_flight"] as? Int ?? 0) > 1)
    let image = try #require(documents[1]["ms_per_image"] as? [String: Double])
    let rate = try #require(documents[1]["images_per_second"] as? Double)
    #expect(abs(rate - 1000 / (try #require(image["mean"]))) < 1e-6 * rate)
  }

  @Test("images go from the file to the label, or to the tensor alone")
  func images() async throws {
    let images = (0..<3).map { BuiltCommand.sample("digit-\($0)-a.png") }
    let options = ["--batch", "2", "--iterations", "5", "--format", "json"]
    let result = try await Self.bench(options + ["--scenario", "throughput,prepare"] + images)
    #expect(result.status == 0, "\(result.errors)")
    let documents = try result.jsonLines()
    #expect(documents.map { $0["scenario"] as? String } == ["throughput", "prepare"])
    #expect(documents[0]["gflop_per_second"] != nil && documents[1]["gflop_per_second"] == nil)
    for scenario in ["throughput", "prepare"] {
      let broken = try await Self.bench(options + ["--scenario", scenario, "Package.swift"])
      #expect(broken.status == 2)
      #expect(broken.errors.contains("Package.swift"))
    }
  }

  @Test("every format has a row for each measurement, and text and Markdown say how it was made")
  func formats() async throws {
    let options = ["--batch", "1,2", "--iterations", "2", "--format"]
    let text = try await Self.bench(options + ["text"])
    #expect(text.lines.contains { $0.hasPrefix("model   demo") })
    #expect(text.lines.count { $0.contains(" latency ") } == 2)
    let markdown = try await Self.bench(options + ["md"])
    #expect(markdown.lines.count { $0.hasPrefix("| latency | ") } == 2)
    let table = markdown.lines.filter { $0.hasPrefix("|") }
    #expect(Set(table.map { $0.count { $0 == "|" } }).count == 1, "\(markdown.output)")
    let csv = try await Self.bench(options + ["csv"])
    #expect(csv.lines.count == 3)
    #expect(
      Set(csv.lines.map { $0.split(separator: ",", omittingEmptySubsequences: false).count })
        .count == 1)
  }

  @Test("the share of the peak is that of the better loop")
  func peak() async throws {
    let document = try await BuiltCommand.run([
      "bench", "-q", "-m", "demo", "-d", "cpu", "--iterations", "2", "--format", "json",
    ]).json()
    let loops = try #require(document["peak_gflop_per_second"] as? [String: Double])
    #expect(loops["opencl"] == nil)
    let peak = try #require(loops["c"])
    let (rate, share) = (
      try #require(document["gflop_per_second"] as? Double),
      try #require(document["share_of_peak"] as? Double)
    )
    #expect(abs(rate / peak - share) < 1e-9 && share > 0 && share < 1)
  }

  @Test("what was written before an error or a Ctrl-C is kept")
  func interrupted() async throws {
    try await withTemporaryDirectory { folder in
      let file = folder.appending(path: "figures.json").path
      let result = try await BuiltCommand.run(
        [
          "bench", "-q", "-m", "demo", "-d", "cpu", "--no-peak", "--iterations", "200",
          "--format", "json", "--json", file, "--batch", "1,4096",
        ], interrupt: .once { (try? Data(contentsOf: URL(filePath: file)))?.isEmpty == false })
      #expect(result.status == 130)
      #expect(try result.jsonLines().count == 1)
      #expect(try String(contentsOfFile: file, encoding: .utf8) == result.output)
    }
  }

  @Test("a full disk and a reader that goes away end it as they end any command")
  func output() async throws {
    let full = try await BuiltCommand.shell(
      "\"$BITCL\" bench -q -m demo -d cpu --no-peak --iterations 2 > /dev/full")
    #expect(full.status == 1)
    #expect(full.errors.contains("No space left on device"))
    let file = try await Self.bench(["--iterations", "2", "--json", "/dev/full"])
    #expect(file.status == 1)
    let closed = try await BuiltCommand.shell(
      """
      { "$BITCL" bench -q -m demo -d cpu --no-peak --iterations 2 --batch 1,2,3,4,5,6,7,8 \
      --format json; echo $? >&2; } | head -n 1
      """)
    #expect(closed.lines.count == 1)
    #expect(closed.errors == "0\n")
  }

  // MARK: Comparing

  /// What `--json` writes of one measurement, with the keys that are looked at.
  private static func figure(
    median: Double, spread: Double = 0.001, confidence: Double = 0.97, model: String = "demo"
  ) -> String {
    """
    {"schema_version":1,"model":"\(model)","device":"cpu","threads":4,"host":{"processor":"x"},\
    "bitcl_version":"bitcl 0","scenario":"latency","batch":1,"height":32,"width":32,\
    "ms_per_batch":{"median":\(median)},"median_interval_ms":{"low":\(median * (1 - spread)),\
    "high":\(median * (1 + spread)),"confidence":\(confidence)}}

    """
  }

  private static func compare(
    with old: String, _ options: [String] = ["--iterations", "20", "--format", "json"]
  ) async throws -> BuiltCommand.Outcome {
    try await withTemporaryDirectory { folder in
      let file = folder.appending(path: "old.json")
      try old.write(to: file, atomically: true, encoding: .utf8)
      return try await bench(options + ["--compare", file.path])
    }
  }

  @Test(
    "a verdict beside older figures, and exit code 3 for a slower one",
    arguments: [
      (figure(median: 1e6), "faster", Int32(0)),
      (figure(median: 1e-6), "slower", 3),
      // Its spread covers anything.
      (figure(median: 1e6, spread: 0.999_999_999), "no difference can be told", 0),
      (figure(median: 1e6, confidence: 0.9), "too few runs", 0),
      (figure(median: 1e-6, confidence: 0.9), "too few runs", 0),
    ])
  func verdict(old: String, verdict: String, status: Int32) async throws {
    let result = try await Self.compare(with: old)
    #expect(result.status == status, "\(result.errors)")
    let comparison = try #require(try result.json()["comparison"] as? [String: Any])
    #expect(comparison["verdict"] as? String == verdict)
    let (low, ratio, high) = (
      try #require(comparison["ratio_low"] as? Double),
      try #require(comparison["ratio"] as? Double),
      try #require(comparison["ratio_high"] as? Double)
    )
    #expect(low <= ratio && ratio <= high)
  }

  @Test("a row that the old file lacks has no verdict")
  func missing() async throws {
    let result = try await Self.compare(
      with: Self.figure(median: 1e6), ["--iterations", "9", "--batch", "1,2", "--format", "text"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("faster"))
    #expect(result.output.contains("not in the old file"))
  }

  @Test(
    "a file that is broken, foreign, older or newer is refused before anything is measured",
    arguments: [
      ("", "holds no figure"),
      ("{\"schema_version\":1", "line 1: no figure"),
      ("[1, 2]\n", "line 1: no figure"),
      (figure(median: 1) + "nonsense\n", "line 2: no figure"),
      ("{\"schema_version\":2}\n", "version 2 of the format"),
      ("{\"schema_version\":1,\"model\":\"demo\"}\n", "older bitcl"),
      (figure(median: -1), "no times"),
      (figure(median: 1, confidence: 7), "no times"),
      (figure(median: 1, model: "other"), "other, latency at 32x32, batch 1"),
    ])
  func refused(old: String, message: String) async throws {
    let result = try await Self.compare(with: old)
    #expect(result.status == 65)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(message), "\(result.errors)")
  }

  @Test("a file of its own is understood")
  func roundTrip() async throws {
    try await withTemporaryDirectory { folder in
      let file = folder.appending(path: "figures.json").path
      let options = ["--scenario", "latency,throughput", "--iterations", "9"]
      #expect(try await Self.bench(options + ["--json", file]).status == 0)
      let result = try await Self.bench(options + ["--compare", file, "--format", "json"])
      #expect([0, 3].contains(result.status), "\(result.errors)")
      #expect(try result.jsonLines().allSatisfy { $0["comparison"] != nil })
    }
  }
}
