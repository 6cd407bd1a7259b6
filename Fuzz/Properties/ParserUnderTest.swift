/// The parsers that meet bytes of strangers, each with what must hold whatever it is given: a
/// refusal or a result that can be walked, the same every time, bounded by what the bytes can hold.
///
/// The fuzz targets search for bytes for which something does not hold; the tests give each of them
/// the corpus that the search left.
package enum ParserUnderTest: String, CaseIterable, Sendable {
  /// The header of a safetensors file, and the tensors that it describes.
  case safetensors
  /// A zip archive's directory, and its members.
  case zip
  /// PyTorch's files: pickles, in an archive or one after the other.
  case torch
  /// The header of a numpy array.
  case npy
  /// config.json of transformers and timm, and preprocessor_config.json.
  case config
  /// The index of a checkpoint in several files.
  case index
  /// A picture: JPEG, PNG, and WebP where the build reads it.
  case image
  /// What a picture's metadata says of its orientation.
  case exif

  /// Gives the parser some bytes.
  /// - Throws: `BrokenProperty` for what must not be. Crashes, memory and time are for who calls.
  package func examine(_ bytes: [UInt8]) throws(BrokenProperty) {
    switch self {
    case .safetensors: try SafetensorsProperties.examine(bytes)
    case .zip: try ZipProperties.examine(bytes)
    case .torch: try TorchProperties.examine(bytes)
    case .npy: try NumpyProperties.examine(bytes)
    case .config: try ConfigurationProperties.examine(bytes)
    case .index: try IndexProperties.examine(bytes)
    case .image: try ImageProperties.examine(bytes)
    case .exif: try OrientationProperties.examine(bytes)
    }
  }
}
