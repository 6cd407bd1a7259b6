/// Work-items in one to three dimensions: of a whole launch, or of one work-group.
package struct WorkSize: Hashable, Sendable, CustomStringConvertible {
  package let x: Int
  package let y: Int
  package let z: Int
  package let dimensions: Int

  package init(_ x: Int) {
    (self.x, y, z, dimensions) = (x, 1, 1, 1)
  }

  package init(_ x: Int, _ y: Int) {
    (self.x, self.y, z, dimensions) = (x, y, 1, 2)
  }

  package init(_ x: Int, _ y: Int, _ z: Int) {
    (self.x, self.y, self.z, dimensions) = (x, y, z, 3)
  }

  /// One launch of `groups` work-groups of this size.
  package func times(_ groups: WorkSize) -> WorkSize {
    let product = WorkSize(x * groups.x, y * groups.y, z * groups.z)
    switch max(dimensions, groups.dimensions) {
    case 1: return WorkSize(product.x)
    case 2: return WorkSize(product.x, product.y)
    default: return product
    }
  }

  package var description: String {
    [x, y, z].prefix(dimensions).map(String.init).joined(separator: "x")
  }

  func isMultiple(of group: WorkSize) -> Bool {
    x.isMultiple(of: group.x) && y.isMultiple(of: group.y) && z.isMultiple(of: group.z)
  }

  var isPositive: Bool { x > 0 && y > 0 && z > 0 }

  /// The three sizes as the API wants them; only the first `dimensions` are read.
  var values: (Int, Int, Int) { (x, y, z) }
}
