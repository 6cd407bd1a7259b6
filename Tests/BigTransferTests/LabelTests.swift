import BigTransfer
import Foundation
import TestSupport
import Testing

/// Names of classes: the checkpoint's, ImageNet's, one's own.
@Suite("labels")
struct LabelTests {
  private func model(
    classes: [String], form: CheckpointForm = .huggingFace
  ) throws -> Model {
    var configuration = ModelConfiguration()
    configuration.embeddingSize = 32
    configuration.hiddenSizes = [128]
    configuration.depths = [1]
    configuration.labels = classes
    return Model(
      name: "test", configuration: configuration, network: try configuration.makeNetwork(),
      weights: RandomWeights(), form: form)
  }

  private func placeholders(_ count: Int) -> [String] { (0..<count).map { "LABEL_\($0)" } }

  @Test("the lists have as many classes as they say, in the order of the outputs")
  func lists() throws {
    for list in ImageNetLabels.allCases {
      #expect(list.names.count == list.rawValue)
      #expect(list.synsets.count == list.rawValue)
      #expect(Set(list.synsets).count == list.rawValue)
      #expect(list.synsets.allSatisfy { $0.count == 9 && $0.hasPrefix("n") })
      #expect(list.names.allSatisfy { !$0.isEmpty && !$0.contains("\t") && !$0.contains("\n") })
    }
    let small = ImageNetLabels.imageNet1k.names
    #expect(small[0] == "tench, Tinca tinca")
    #expect(small[281] == "tabby, tabby cat")
    #expect(small[999] == "toilet tissue, toilet paper, bathroom tissue")
    let large = ImageNetLabels.imageNet21k
    #expect(large.names[0] == "organism, being")
    #expect(large.names[21_842] == "knothole")
    #expect(large.synsets == large.synsets.sorted())
  }

  @Test("classes without names get ImageNet's where there are as many, and only there")
  func choice() throws {
    for list in ImageNetLabels.allCases {
      let model = try model(classes: placeholders(list.rawValue))
      #expect(model.standardLabels == list)
      #expect(model.labels == list.names)
      let random = try self.model(classes: placeholders(list.rawValue), form: .random)
      #expect(random.labels == placeholders(list.rawValue))
    }
    let other = try model(classes: placeholders(999))
    #expect(other.labels == placeholders(999) && other.standardLabels == nil)
    var names = placeholders(1000)
    names[7] = "cock"
    #expect(try model(classes: names).labels == names)
  }

  @Test("a list of one's own goes before all others")
  func override() async throws {
    let model = try model(classes: placeholders(1000), form: .timm)
    var options = ImageClassifier.Options()
    let prepared = try await PreparedModel(model, device: .reference)
    #expect(
      try ImageClassifier(prepared, options: options).labels[1] == "goldfish, Carassius auratus")
    options.labels = (0..<1000).map { "mine \($0)" }
    #expect(try ImageClassifier(prepared, options: options).labels[1] == "mine 1")
    options.labels = ["one"]
    #expect(throws: ClassifierError.self) { try ImageClassifier(prepared, options: options) }
  }

  @Test("a model opens by any file of its form, and its images are prepared as it says")
  func forms() throws {
    let timm = try ModelSource(Fixtures.url("forms/timm").path).open()
    let settings = try timm.imageProcessorConfiguration()
    #expect(settings.resizeTarget == .shortestEdge(64, longest: nil))
    #expect(settings.rounding == .timm && settings.resampling == .bilinear)
    for path in ["forms/google", "forms/google/BiT-tiny_64.npz"] {
      let google = try ModelSource(Fixtures.url(path).path).open()
      #expect(try google.imageProcessorConfiguration() == .squashed(side: 64))
    }
    let file = try ModelSource(Fixtures.url("forms/timm/config.json").path).open()
    #expect(file.configuration == timm.configuration)
  }
}
