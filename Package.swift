// swift-tools-version: 6.2
import PackageDescription

// Folders in dependency order; ARCHITECTURE.md says what each is for.
let package = Package(
  name: "BigTransfer",
  products: [
    .library(name: "BigTransfer", targets: ["BigTransfer"]),
    .executable(name: "bitcl", targets: ["bitcl"]),
  ],
  traits: [
    .default(enabledTraits: ["Hub"]),
    .trait(
      name: "Hub",
      description: "Download models from the Hugging Face hub; opens libcurl at run time."),
    .trait(name: "WebP", description: "Decode WebP images; needs libwebp's development files."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    // Without traits: nothing of Foundation.
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
  ],
  targets: [
    // C: each hides one thing that Swift cannot reach safely.
    .target(name: "COpenCL"),
    .target(name: "CEmbeddedData"),
    .target(
      name: "CImageCodecs",
      cSettings: [.define("BITCL_WEBP", .when(traits: ["WebP"]))],
      linkerSettings: [
        .linkedLibrary("jpeg"), .linkedLibrary("png"), .linkedLibrary("z"),
        .linkedLibrary("webp", .when(traits: ["WebP"])),
        .linkedLibrary("webpdemux", .when(traits: ["WebP"])),
      ]),
    .target(name: "CVectorKernels"),
    .target(name: "CResampling"),
    .target(name: "CProcessStart"),
    .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
    .target(name: "CCurl"),

    // The vocabulary, and bytes to tensor.
    .target(name: "BiTModel", dependencies: ["CZlib"]),
    .target(name: "ImageInput", dependencies: ["BiTModel", "CImageCodecs", "CResampling"]),

    // Three ways to run a network, judged by the first.
    .target(name: "ReferenceBackend", dependencies: ["BiTModel"]),
    .target(name: "CPUBackend", dependencies: ["BiTModel", "CVectorKernels"]),
    .target(name: "OpenCLRuntime", dependencies: ["COpenCL"]),
    .target(name: "OpenCLBackend", dependencies: ["BiTModel", "OpenCLRuntime"]),
    .target(name: "NumericsValidation", dependencies: ["BiTModel", "ReferenceBackend"]),

    // Models that are kept on this machine for all tools of the hub, and how they get there.
    .target(name: "HubCache"),
    .target(
      name: "HuggingFaceHub",
      dependencies: [
        "HubCache", "CCurl", .product(name: "Crypto", package: "swift-crypto"),
      ]),

    // What users see.
    .target(
      name: "BigTransfer",
      dependencies: [
        "BiTModel", "ImageInput", "ReferenceBackend", "CPUBackend", "OpenCLBackend",
        "OpenCLRuntime", "NumericsValidation", "CEmbeddedData", "HubCache",
        .target(name: "HuggingFaceHub", condition: .when(traits: ["Hub"])),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(
      name: "bitcl",
      dependencies: [
        "BigTransfer", "CProcessStart", "HubCache",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),

    .target(
      name: "TestSupport", dependencies: ["BiTModel", "OpenCLRuntime"], path: "Tests/TestSupport"),
    // What holds of any file, also for the fuzz targets of the package in `Fuzz/`.
    .target(
      name: "ParserProperties", dependencies: ["BiTModel", "ImageInput", "CImageCodecs"],
      path: "Fuzz/Properties"),
    .testTarget(name: "CorpusTests", dependencies: ["ParserProperties"]),
    .testTarget(name: "BiTModelTests", dependencies: ["BiTModel", "TestSupport"]),
    .testTarget(
      name: "ImageInputTests", dependencies: ["ImageInput", "CResampling", "TestSupport"]),
    .testTarget(
      name: "OpenCLRuntimeTests", dependencies: ["OpenCLRuntime", "TestSupport"],
      exclude: ["Quirks"]),
    .testTarget(
      name: "ReferenceBackendTests",
      dependencies: ["ReferenceBackend", "NumericsValidation", "TestSupport"]),
    .testTarget(
      name: "HubTests",
      dependencies: [
        "HubCache", "TestSupport",
        .target(name: "HuggingFaceHub", condition: .when(traits: ["Hub"])),
      ]),
    .testTarget(name: "CPUBackendTests", dependencies: ["CPUBackend", "TestSupport"]),
    .testTarget(
      name: "BackendTests",
      dependencies: [
        "ReferenceBackend", "CPUBackend", "OpenCLBackend", "OpenCLRuntime", "NumericsValidation",
        "TestSupport",
      ]),
    .testTarget(
      name: "BigTransferTests",
      dependencies: [
        "BigTransfer", "NumericsValidation", "CPUBackend", "OpenCLBackend", "ReferenceBackend",
        "TestSupport", .product(name: "Logging", package: "swift-log"),
      ]),
    // The built program under an OpenCL layer that `Scripts/fault-layer` compiles.
    .testTarget(name: "FaultInjectionTests", dependencies: ["bitcl", "OpenCLRuntime"]),
    .testTarget(
      name: "bitclTests", dependencies: ["BigTransfer", "bitcl", "TestSupport"],
      exclude: ["Snapshots"]),
  ],
  cLanguageStandard: .c2x
)
