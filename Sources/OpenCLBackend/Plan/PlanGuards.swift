/// How closely kernels are watched while they run: for validation and the self-check, where the
/// results are known. It costs memory and time.
///
/// No two tensors share memory, all of it is NaN before a run, and a band lies behind each tensor.
/// So a kernel that leaves something out, reads what nobody wrote, or writes beyond its tensor does
/// not pass by luck: what it should have written is not there from the last run, and what it should
/// not have written is not a tensor that has been read already.
package struct PlanGuards: Hashable, Sendable {
  /// Whether the host standardises weights where the device's kernel is not quite exact, as it does
  /// without guards.
  let hostMayStandardize: Bool

  /// Standardised weights that are off by more than this, relative to the largest, are wrong and not
  /// merely inexact: the kernels are refused.
  static let standardizationLimit: Float = 1e-4

  package static let validation = PlanGuards(hostMayStandardize: false)
  package static let selfCheck = PlanGuards(hostMayStandardize: true)
}
