// A user of the library needs the vocabulary too: shapes, tensors, configurations, networks.
@_exported import BiTModel
