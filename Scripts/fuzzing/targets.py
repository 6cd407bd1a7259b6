"""The targets, and the sources of the parser that each is for."""

MARK = 80

CHECKPOINT = "Sources/BiTModel/Checkpoint/"
CONFIGURATION = "Sources/BiTModel/Configuration/"
IMAGES = "Sources/ImageInput/"

PARSERS = {
    "safetensors": [CHECKPOINT + "SafetensorsHeader.swift", CHECKPOINT + "SafetensorsFile.swift"],
    "zip": [CHECKPOINT + "Zip/", "Sources/CZlib/czlib.c"],
    "torch": [CHECKPOINT + "Pickle/", CHECKPOINT + "Torch/"],
    "npy": [
        CHECKPOINT + "Google/NumpyHeader.swift", CHECKPOINT + "Google/NumpyArchive.swift",
        CHECKPOINT + "Google/AxisOrder.swift"],
    "config": [
        CONFIGURATION + "ModelConfiguration+Decoding.swift",
        CONFIGURATION + "DecodingFailure.swift", CONFIGURATION + "JSONValue.swift",
        CHECKPOINT + "Timm/TimmConfiguration.swift",
        CHECKPOINT + "Timm/TimmConfiguration+Document.swift",
        IMAGES + "ImageProcessorConfiguration+JSON.swift",
        IMAGES + "ImageProcessorConfiguration+Timm.swift", IMAGES + "SizeValue.swift"],
    "index": [CHECKPOINT + "ShardIndex.swift"],
    "image": [
        "Sources/CImageCodecs/jpeg_decoder.c", "Sources/CImageCodecs/png_decoder.c",
        "Sources/CImageCodecs/support.h", IMAGES + "ImageDecoder.swift",
        IMAGES + "ImageCodec.swift", IMAGES + "ImageKind.swift"],
    "exif": [
        IMAGES + "Metadata/", "Sources/CImageCodecs/inflate.c"],
}
NAMES = list(PARSERS)


def executable(name):
    """A target's name in Fuzz/Package.swift."""
    return f"Fuzz{name.capitalize()}"
