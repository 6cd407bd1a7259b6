/// The FLAG_… bits of `prelude.clh`.
struct KernelFlags: OptionSet {
  let rawValue: Int32

  static let normalize = KernelFlags(rawValue: 1)
  static let residual = KernelFlags(rawValue: 2)
  static let statistics = KernelFlags(rawValue: 4)
  static let normalizeSecond = KernelFlags(rawValue: 8)
}
