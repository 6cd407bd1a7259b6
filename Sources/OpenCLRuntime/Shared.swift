/// One reference-counted owner of a noncopyable resource, for where several hold it or an `Array`
/// or `Dictionary` keeps it: those want copyable elements.
package final class Shared<Resource: ~Copyable> {
  package let resource: Resource

  package init(_ resource: consuming Resource) {
    self.resource = resource
  }
}

extension Shared: Sendable where Resource: Sendable & ~Copyable {}
