import BigTransfer
import Foundation
import TestSupport
import Testing

@Suite("run, preprocess and validate")
struct TensorCommandTests {
  @Test(
    "run writes what the golden file holds, named and shaped alike",
    arguments: [
      "01_preact_default", "04a_vit_hybrid_backbone", "07_batch3", "10a_float16", "11_sharded",
      "15a_headless",
    ], ["reference", "cpu"])
  func run(name: String, device: String) async throws {
    try await withTemporaryDirectory { folder in
      let model = Fixtures.url("models/\(name)").path
      let golden = try SafetensorsFile(path: "\(model)/golden.safetensors")
      let output = folder.appending(path: "out.safetensors").path
      let result = try await BuiltCommand.run([
        "run", "-q", "-d", device, "-m", model, "-i", golden.source, "-o", output,
        "--hidden-states",
      ])
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.output.isEmpty)
      let written = try SafetensorsFile(path: output)
      let names = golden.tensorNames.filter { name in
        ["logits", "pooler_output", "last_hidden_state"].contains(name)
          || name.hasPrefix("hidden_states.") || name.hasPrefix("feature_maps.")
      }
      #expect(Set(names).isSubset(of: written.tensorNames))
      for name in names {
        #expect(written.shape(of: name) == golden.shape(of: name), "\(name)")
        let expected = try golden.read(name)
        let found = try written.read(name)
        let magnitude = expected.reduce(0) { max($0, abs($1)) }
        let error = zip(expected, found).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        #expect(error <= (device == "cpu" ? 5e-5 : 1e-6) * magnitude, "\(name)")
      }
    }
  }

  @Test("run leaves hidden states out unless they are asked for")
  func fewOutputs() async throws {
    try await withTemporaryDirectory { folder in
      let model = Fixtures.url("models/07_batch3").path
      let output = folder.appending(path: "out.safetensors").path
      _ = try await BuiltCommand.run([
        "run", "-d", "cpu", "-m", model, "-i", "\(model)/golden.safetensors", "-o", output,
      ])
      #expect(
        try SafetensorsFile(path: output).tensorNames
          == ["last_hidden_state", "logits", "pooler_output"])
    }
  }

  @Test("preprocess writes the tensor that the checkpoint's processor makes")
  func preprocess() async throws {
    try await withTemporaryDirectory { folder in
      let model = Fixtures.url("models/17_end_to_end_hub_style").path
      let output = folder.appending(path: "pixels.safetensors").path
      for source in [
        ["-m", model], ["--preprocessor-config", "\(model)/preprocessor_config.json"],
      ] {
        let result = try await BuiltCommand.run(
          ["preprocess", "\(model)/image.png", "-o", output] + source)
        #expect(result.status == 0, "\(result.errors)")
        let golden = try SafetensorsFile(path: "\(model)/golden.safetensors")
        let written = try SafetensorsFile(path: output)
        #expect(written.shape(of: "pixel_values") == golden.shape(of: "pixel_values"))
        for (a, b) in zip(try written.read("pixel_values"), try golden.read("pixel_values")) {
          #expect(abs(a - b) <= 1e-6 * max(1, abs(b)))
        }
      }
    }
  }

  @Test("pictures of unequal size cannot be one tensor")
  func unequalSizes() async throws {
    let images = ["preprocess/images/3x200.png", "preprocess/images/200x3.png"]
      .map { Fixtures.url($0).path }
    let result = try await BuiltCommand.run(
      ["preprocess", "-m", "demo", "--crop", "none", "-o", "/dev/null"] + images)
    #expect(result.status == 2)
    #expect(result.errors.contains("one tensor needs one size"))
  }

  @Test("an input larger than any batch is refused unread", arguments: ["run", "validate"])
  func hugeInput(_ command: String) async throws {
    try await withTemporaryDirectory { folder in
      let file = folder.appending(path: "huge.safetensors")
      let header =
        #"{"pixel_values":{"dtype":"F32","shape":[100000,3,100,100],"#
        + #""data_offsets":[0,12000000000]}}"#
      var bytes = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
      bytes.append(contentsOf: header.utf8)
      try bytes.write(to: file)
      let handle = try FileHandle(forWritingTo: file)
      try handle.truncate(atOffset: UInt64(bytes.count) + 12_000_000_000)
      try handle.close()
      let input =
        command == "run" ? ["-i", file.path, "-o", "/dev/null"] : ["--golden", file.path]
      let result = try await BuiltCommand.run([command, "-m", "demo", "-d", "cpu"] + input)
      #expect(result.status == 65)
      #expect(result.errors.contains("huge.safetensors"), "\(result.errors)")
    }
  }

  @Test("validate has a row for every tensor of the golden file")
  func validate() async throws {
    let model = Fixtures.url("models/02b_same_static_pool").path
    let result = try await BuiltCommand.run([
      "validate", "-d", "cpu", "-m", model, "--golden", "\(model)/golden.safetensors", "--format",
      "json",
    ])
    #expect(result.status == 0, "\(result.errors)")
    let document = try result.json()
    #expect(document["passed"] as? Bool == true)
    let rows = try #require(document["tensors"] as? [[String: Any]])
    #expect(rows.contains { $0["name"] as? String == "logits" })
    for row in rows {
      let found = try #require(row["max_abs"] as? Double)
      #expect(found <= (try #require(row["allowed"] as? Double)))
      #expect(row["where"] is String)
    }
  }
}
