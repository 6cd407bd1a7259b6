/// The published members of the BiT family (arXiv:1912.11370, table 5; R152x2 was released later).
public enum FamilyMember: String, CaseIterable, Hashable, Sendable {
  case r50x1 = "R50x1"
  case r50x3 = "R50x3"
  case r101x1 = "R101x1"
  case r101x3 = "R101x3"
  case r152x2 = "R152x2"
  case r152x4 = "R152x4"

  public var depths: [Int] {
    switch self {
    case .r50x1, .r50x3: [3, 4, 6, 3]
    case .r101x1, .r101x3: [3, 4, 23, 3]
    case .r152x2, .r152x4: [3, 8, 36, 3]
    }
  }

  /// The factor of all widths.
  public var width: Int {
    switch self {
    case .r50x1, .r101x1: 1
    case .r152x2: 2
    case .r50x3, .r101x3: 3
    case .r152x4: 4
    }
  }
}

extension ModelConfiguration {
  /// The member of the family that has these depths and widths; `nil` for any other network.
  public var familyMember: FamilyMember? {
    FamilyMember.allCases.first { member in
      let standard = ModelConfiguration()
      return depths == member.depths
        && embeddingSize == standard.embeddingSize * member.width
        && hiddenSizes.map { $0 * widthFactor } == standard.hiddenSizes.map { $0 * member.width }
        && layerType == .preactivation
    }
  }
}
