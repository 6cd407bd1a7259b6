/// How files are fetched.
package struct PullOptions: Sendable {
  /// Only looks what there is to do.
  package var isDryRun = false
  /// Reads all files again and compares their hashes.
  package var verifies = false

  package init() {}
}
