// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets of the parsers that meet bytes of strangers; Scripts/fuzz builds and runs them.
//
// A package of its own, for flags that no user's build must have. Its parsers are the very files of
// the package around it (`Sources` is a link), so that `package` declarations are in reach and only
// what is fuzzed is built.
let undefined = CSetting.unsafeFlags([
  "-fsanitize=undefined", "-fno-sanitize-recover=undefined",
])

let parsers = ["Safetensors", "Zip", "Torch", "Npy", "Config", "Index", "Image", "Exif"]

let package = Package(
  name: "Fuzz",
  targets: [
    .target(
      name: "CImageCodecs", cSettings: [undefined],
      linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("z")]),
    .target(name: "CZlib", cSettings: [undefined], linkerSettings: [.linkedLibrary("z")]),
    .target(name: "BiTModel", dependencies: ["CZlib"]),
    .target(name: "CResampling", cSettings: [undefined]),
    .target(name: "ImageInput", dependencies: ["BiTModel", "CImageCodecs", "CResampling"]),
    .target(
      name: "ParserProperties", dependencies: ["BiTModel", "ImageInput", "CImageCodecs"],
      path: "Properties"),
    .target(name: "CFuzzer", path: "CFuzzer"),
    .target(
      name: "FuzzerInput", dependencies: ["ParserProperties", "CFuzzer", "CZlib"],
      path: "FuzzerInput"),
  ]
    + parsers.map {
      .executableTarget(
        name: "Fuzz\($0)", dependencies: ["FuzzerInput"], path: "Targets/Fuzz\($0)")
    },
  cLanguageStandard: .c2x
)
