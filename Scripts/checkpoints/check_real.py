"""Published checkpoints of each form, held against the library that they are for; see
Scripts/check-real-checkpoints."""

import argparse
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import huggingface_hub
import numpy
import timm
import torch
from PIL import Image

from . import comparison
from .comparison import Problem

STORAGE = "https://storage.googleapis.com/bit_models"
HUGGING_FACE = "google/bit-50"
TIMM = "timm/resnetv2_50x1_bit.goog_in21k_ft_in1k"
GOOGLE = "BiT-M-R50x1-ILSVRC2012.npz"


def image(path):
    """A picture of our own, large enough to be cropped: what is compared is numbers, not labels."""
    y, x = numpy.mgrid[0:600, 0:800]
    waves = [numpy.sin(x / 40 + c) + numpy.cos(y / (30 + 7 * c)) for c in range(3)]
    Image.fromarray(numpy.uint8(127 + 60 * numpy.stack(waves, -1))).save(path)
    return path


def download(name, folder):
    """A file of Google's storage."""
    path = Path(folder, name)
    try:
        with urllib.request.urlopen(f"{STORAGE}/{name}", timeout=60) as source:
            with open(path, "wb") as target:
                while piece := source.read(1 << 20):
                    target.write(piece)
    except (OSError, urllib.error.URLError) as error:
        raise Problem(f"cannot download {STORAGE}/{name}: {error}") from error
    return path


def pull(identifier):
    """Downloads with this program; returns the folder where the hub's own library finds it."""
    comparison.bitcl("pull", "-q", identifier)
    try:
        return huggingface_hub.snapshot_download(identifier, local_files_only=True)
    except Exception as error:  # what the library raises has no common base
        raise Problem(f"huggingface_hub does not find what was pulled: {error}") from error


def classify(source, picture, device):
    """The first label, for the reader; that there is one is the check."""
    rows = comparison.bitcl(
        "classify", "-q", "-d", device, "-m", source, "-k1", picture).stdout.splitlines()
    if len(rows) < 2:
        raise Problem("classify gave no label")
    return " ".join(rows[1].split())


def pixels_of(source, picture, folder):
    """The tensor that this program makes of a picture."""
    path = Path(folder, "pixels.safetensors")
    comparison.bitcl("preprocess", "-q", "-m", source, picture, "-o", path)
    return comparison.load_file(path)["pixel_values"]


def converted(source, pixels, device, folder):
    """Ours of the original beside transformers' of the converted folder."""
    target = Path(folder, "converted")
    warnings = comparison.convert(source, target, "f32")
    model, processor = comparison.load(target, "f32")
    theirs = comparison.their_outputs(model, pixels)
    difference = comparison.compare(comparison.outputs(source, pixels, device), theirs)
    return theirs, processor, difference, warnings


def check_hugging_face(picture, device, folder):
    source, original_folder = HUGGING_FACE, pull(HUGGING_FACE)
    pixels = pixels_of(source, picture, folder)
    _, processor, difference, _ = converted(source, pixels, device, folder)
    their_pixels = processor(Image.open(picture), return_tensors="pt")["pixel_values"]
    if their_pixels.shape != pixels.shape:
        raise Problem(f"transformers prepares {their_pixels.shape}, we {pixels.shape}")
    original = comparison.their_outputs(comparison.load_model(original_folder).double(), pixels)
    other = comparison.compare(comparison.outputs(source, pixels, device), original)
    return f"{difference.error:.1e}, original {other.error:.1e}; {classify(source, picture, device)}"


def check_timm(picture, device, folder):
    source, _ = TIMM, pull(TIMM)
    model = timm.create_model(f"hf-hub:{TIMM}", pretrained=True).eval()
    transform = timm.data.create_transform(
        **timm.data.resolve_data_config(model=model), is_training=False)
    pixels = pixels_of(source, picture, folder)
    their_pixels = transform(Image.open(picture)).unsqueeze(0)
    if their_pixels.shape != pixels.shape or (their_pixels - pixels).abs().max() > 1e-6:
        raise Problem("timm prepares the picture otherwise")
    _, _, difference, warnings = converted(source, pixels, device, folder)
    with torch.inference_mode():
        original = {"logits": model.double()(pixels.double())}
    other = comparison.compare(comparison.outputs(source, pixels, device), original)
    return (f"{difference.error:.1e}, timm {other.error:.1e}; {classify(source, picture, device)};"
            f" {len(warnings)} warnings")


def check_google(picture, device, folder):
    source = download(GOOGLE, folder)
    pixels = pixels_of(source, picture, folder)
    _, _, difference, warnings = converted(source, pixels, device, folder)
    model = timm.create_model("resnetv2_50x1_bit", num_classes=1000)
    model.load_pretrained(str(source))
    for module in model.modules():  # timm's own is 1e-8
        if isinstance(module, timm.layers.StdConv2d):
            module.eps = 1e-10
    with torch.inference_mode():
        original = {"logits": model.eval().double()(pixels.double())}
    other = comparison.compare(comparison.outputs(source, pixels, device), original)
    return (f"{difference.error:.1e}, timm with Google's constants {other.error:.1e};"
            f" {classify(source, picture, device)}; {len(warnings)} warnings")


CHECKS = {HUGGING_FACE: check_hugging_face, TIMM: check_timm, GOOGLE: check_google}


def main():
    parser = argparse.ArgumentParser(prog="check-real-checkpoints", description=f"""
        Downloads {", ".join(CHECKS)} (300 MB), labels a picture with each, converts it, and compares
        the logits with transformers' and timm's. Exit status 3 if one differs, 69 without a
        network.""")
    parser.add_argument("-d", "--device", default="cpu", help="of this program (default: cpu)")
    arguments = parser.parse_args()
    try:
        huggingface_hub.HfApi().model_info(HUGGING_FACE, timeout=30)
    except Exception as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        print(f"check-real-checkpoints: the hub cannot be reached, and nothing was checked: {reason}",
              file=sys.stderr)
        return 69
    report = comparison.Report()
    for name, check in CHECKS.items():
        with tempfile.TemporaryDirectory() as folder:
            picture = image(Path(folder, "picture.png"))
            report.check(name, lambda: check(picture, arguments.device, folder))
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
