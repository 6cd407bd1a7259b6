import BiTModel
import FoundationEssentials
import TestSupport
import Testing

/// What tests of PyTorch's files have in common: files made of pickles, and what is said of those refused.
protocol TorchFileSuite {}

extension TorchFileSuite {
  /// A pickle in each of the two forms of file.
  func files(
    _ pickle: [UInt8], storages: [(key: String, bytes: [UInt8])] = []
  ) -> [[UInt8]] {
    [
      TorchBuilder.archive(pickle, storages: storages).bytes,
      TorchBuilder.stream(pickle, storages: storages),
    ]
  }

  func expectRefusal(
    _ words: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: (inout PickleBuilder) -> Void
  ) {
    for file in files(PickleBuilder.pickle(body)) {
      expectRefusal(of: file, words, sourceLocation: sourceLocation)
    }
  }

  func expectRefusal(
    of file: [UInt8], _ words: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: CheckpointError.self, sourceLocation: sourceLocation) {
      try TorchFile(contents: Data(file), name: "x.bin")
    }
    let text = error?.description ?? ""
    #expect(text.contains(words), "\(text)", sourceLocation: sourceLocation)
  }

  /// A dictionary of one tensor.
  func tensor(
    storageCount: Int, offset: Int = 0, shape: [Int], strides: [Int], key: String = "0"
  ) -> [UInt8] {
    PickleBuilder.pickle {
      $0.dictionary("a") {
        $0.tensor(
          key: key, storageCount: storageCount, offset: offset, shape: shape, strides: strides)
      }
    }
  }

  var storage: (key: String, bytes: [UInt8]) {
    (key: "0", bytes: TorchBuilder.bytes([1, 2, 3, 4, 5, 6]))
  }
}
