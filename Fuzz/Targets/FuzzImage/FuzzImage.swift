import FuzzerInput

@c(LLVMFuzzerTestOneInput)
public func examine(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  FuzzerInput.examine(bytes, count, by: .image)
}

@c(LLVMFuzzerCustomMutator)
public func mutate(
  _ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ capacity: Int, _ seed: CUnsignedInt
) -> Int {
  Mutation.mutate(data, count, capacity: capacity, seed: seed, mend: mendPNG)
}
