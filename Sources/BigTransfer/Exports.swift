// A user of the library needs the vocabulary too: shapes, tensors, configurations, networks, and
// how images are prepared.
@_exported import BiTModel
@_exported import ImageInput
