import BigTransfer
import Foundation
import Testing

@Suite("classifying")
struct ImageClassifierTests {
  @Test("an image has the same labels as a file, as data, as pixels and as a tensor")
  func sources() async throws {
    let classifier = try await Samples.classifier()
    let url = Samples.url(3)
    let expected = try await classifier.classify(.file(url))
    #expect(expected.count == 5)
    #expect(expected[0].label == "digit 3")
    #expect(expected[0].index == 3)
    let data = try Data(contentsOf: url)
    #expect(try await classifier.classify(.data(data)) == expected)
    let image = try ImageDecoder().decode([UInt8](data), name: "digit").image
    let pixels = ImageSource.rgb8(image.pixels, width: image.width, height: image.height)
    #expect(try await classifier.classify(pixels) == expected)
    let tensor = try classifier.preprocessor.tensor(contentsOfFile: url.path)
    #expect(try await classifier.classify(.tensor(tensor)) == expected)
  }

  @Test("scores are probabilities of the logits, the best first")
  func scores() async throws {
    let classifier = try await Samples.classifier()
    let all = try await classifier.classify(Samples.image(5), topK: 100)
    #expect(all.count == 10)
    #expect(abs(all.reduce(0) { $0 + $1.score } - 1) < 1e-12)
    #expect(all.map(\.score) == all.map(\.score).sorted(by: >))
    let logits = try await classifier.logits(of: Samples.image(5))
    #expect(classifier.scoreFunction.scores(of: logits)[all[0].index] == all[0].score)
    let likely = try await classifier.classify(Samples.image(5), threshold: 0.5)
    #expect(likely.count == 1)
  }

  @Test("a model without labels has features but no classes")
  func noLabels() async throws {
    var configuration = ModelConfiguration()
    configuration.embeddingSize = 8
    configuration.hiddenSizes = [32]
    configuration.depths = [1]
    configuration.groups = 4
    configuration.labels = []
    let model = Model(
      name: "unlabelled", configuration: configuration, network: try configuration.makeNetwork(),
      weights: RandomWeights())
    let error = ClassifierError.noClassifier(model: "unlabelled")
    #expect(throws: error) { try ImageClassifier.check(model) }
    let classifier = try ImageClassifier(try await PreparedModel(model, device: .cpu))
    await #expect(throws: error) { try await classifier.classify(Samples.image(1)) }
    #expect(try await classifier.embed(Samples.image(1)).count == 32)
  }

  @Test("several images keep their order, and a bad one does not spoil the others")
  func several() async throws {
    let classifier = try await Samples.classifier()
    let results = await classifier.classify([
      Samples.image(1), .file("missing.png"), .rgb8([1, 2, 3], width: 7, height: 9),
      Samples.image(2),
    ])
    #expect(results.count == 4)
    #expect(try results[0].get()[0].label == "digit 1")
    #expect(throws: ImageError.self) { try results[1].get() }
    #expect(throws: ImageError.self) { try results[2].get() }
    #expect(try results[3].get()[0].label == "digit 2")
  }

  @Test("a stream gives the results that single calls give", arguments: [1, 3, 8])
  func stream(batchSize: Int) async throws {
    let classifier = try await Samples.classifier()
    let files = (0..<10).map { Samples.url($0) }
    var position = 0
    for await element in classifier.classifications(of: files, batchSize: batchSize) {
      #expect(element.position == position)
      #expect(element.name == files[position].path)
      #expect(try element.result.get() == (try await classifier.classify(.file(files[position]))))
      position += 1
    }
    #expect(position == files.count)
  }

  @Test("a stream reads only a few batches ahead, and stops with its reader")
  func backpressure() async throws {
    let classifier = try await Samples.classifier()
    let endless = EndlessImages(image: Samples.image(0))
    var taken = 0
    for await _ in classifier.classifications(of: endless, batchSize: 2) {
      taken += 1
      if taken == 4 { break }
    }
    try await Task.sleep(for: .milliseconds(200))
    let read = endless.count
    // The batch that is taken, and one each that waits, is computed, waits and is prepared.
    #expect(read <= 4 + 2 * 5)
    try await Task.sleep(for: .milliseconds(200))
    #expect(endless.count == read)
  }

  @Test("cancelling ends a stream and a call")
  func cancellation() async throws {
    let classifier = try await Samples.classifier()
    let task = Task {
      var count = 0
      let endless = EndlessImages(image: Samples.image(0))
      for await _ in classifier.classifications(of: endless, batchSize: 1) { count += 1 }
      return count
    }
    try await Task.sleep(for: .milliseconds(100))
    task.cancel()
    _ = await task.value
    let large = try await ImageClassifier(
      .random(try #require(RandomModel("R50x1@448"))), device: .reference)
    let call = Task { try await large.classify(Samples.image(0)) }
    try await Task.sleep(for: .milliseconds(100))
    call.cancel()
    await #expect(throws: CancellationError.self) { try await call.value }
  }

  @Test("features are as many as the last stage has channels")
  func embedding() async throws {
    let classifier = try await Samples.classifier()
    let features = try await classifier.embed(Samples.image(4))
    #expect(features.count == classifier.model.configuration.hiddenSizes.last)
    #expect(features.contains { $0 != 0 })
  }

  @Test("own labels must be as many as the outputs")
  func labels() async throws {
    var options = ImageClassifier.Options()
    options.labels = (0..<10).map { "number \($0)" }
    let classifier = try await ImageClassifier(.demo, device: .cpu, options: options)
    #expect(try await classifier.classify(Samples.image(6))[0].label == "number 6")
    options.labels = ["one"]
    await #expect(throws: ClassifierError.self) {
      try await ImageClassifier(.demo, device: .cpu, options: options)
    }
  }

  @Test("a tensor of two images is not one image")
  func batchTensor() async throws {
    let classifier = try await Samples.classifier()
    let pair = HostTensor(
      shape: TensorShape(batch: 2, height: 32, width: 32, channels: 3), filledWith: 0)
    await #expect(throws: ClassifierError.notOneImage(pair.shape)) {
      try await classifier.classify(.tensor(pair))
    }
  }

  @Test("an image that is too small for the network is refused in any company")
  func tooSmall() async throws {
    let classifier = try await Samples.classifier()
    let tiny = HostTensor(
      shape: TensorShape(batch: 1, height: 1, width: 1, channels: 1), filledWith: 0)
    let results = await classifier.classify([.tensor(tiny), Samples.image(1), .tensor(tiny)])
    #expect(throws: NetworkError.self) { try results[0].get() }
    #expect(throws: NetworkError.self) { try results[2].get() }
    #expect(try results[1].get()[0].label == "digit 1")
  }
}
