// A user of the library needs the vocabulary too: shapes, tensors, configurations, networks, how
// images are prepared, and how results are judged.
@_exported import BiTModel
@_exported import ImageInput
@_exported import NumericsValidation
