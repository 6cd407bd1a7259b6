"""Holds what `bitcl convert` writes against transformers, see Scripts/check-convert."""

import argparse
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file

from . import comparison
from .comparison import ROOT, Problem

FIXTURES = ROOT / "Tests" / "Fixtures" / "models"


def sources(names):
    """What can be converted: name, source, pixel values, golden results."""
    torch.manual_seed(1)
    models = [("demo", "demo", torch.rand(2, 3, 32, 32) * 2 - 1, None),
              ("random:R50x1", "random:R50x1", torch.rand(1, 3, 64, 96) * 2 - 1, None)]
    for folder in sorted(FIXTURES.iterdir()):
        golden = load_file(folder / "golden.safetensors")
        if not comparison.chosen(golden):
            continue  # transformers cannot run the model either
        # Google's own constants for Google's own form.
        golden["logits"] = golden.pop("logits_original_eps_1e-10", golden.get("logits"))
        golden = {k: v for k, v in golden.items() if v is not None}
        npz = folder / "model.npz"
        models.append(
            (folder.name, str(npz if npz.exists() else folder), golden["pixel_values"], golden))
    return [m for m in models if not names or m[0] in names]


def check(report, source, pixels, golden, dtype, device, folder):
    target = Path(folder, dtype)
    warnings = comparison.convert(source, target, dtype)
    model, _ = comparison.load(target, dtype)
    theirs = comparison.their_outputs(model, pixels)
    ours = comparison.outputs(target, pixels, device)
    difference = comparison.compare(ours, theirs)
    report.note(f"{dtype}, ours of transformers'", difference)
    text = f"{difference.error:.1e}"
    if dtype == "f32":
        # Nothing was rounded, but for kernels of another ε: the original gives the same.
        before = comparison.compare(comparison.outputs(source, pixels, device), theirs)
        report.note("f32, the original's of transformers'", before)
        text += f", before {before.error:.1e}"
        if golden:
            known = comparison.compare(theirs, golden)
            report.note("f32, transformers' of the golden", known)
            text += f", golden {known.error:.1e}"
    return text + (f", {len(warnings)} warnings" if warnings else "")


def main():
    parser = argparse.ArgumentParser(prog="check-convert", description="""
        Converts the fixtures, the demo and random:R50x1 to each type, loads the folders with
        transformers, and compares the logits with this program's. Exit status 3 if one differs.""")
    parser.add_argument("models", nargs="*", help="fixture names, demo, random:R50x1 (default: all)")
    parser.add_argument("-d", "--device", default="cpu", help="of this program (default: cpu)")
    parser.add_argument("--dtype", nargs="+", choices=comparison.TYPES, default=list(comparison.TYPES))
    arguments = parser.parse_args()
    report = comparison.Report()
    models = sources(arguments.models)
    if not models:
        parser.error("no such model")
    for name, source, pixels, golden in models:
        with tempfile.TemporaryDirectory() as folder:
            for dtype in arguments.dtype:
                report.check(f"{name} {dtype}", lambda dtype=dtype: check(
                    report, source, pixels, golden, dtype, arguments.device, folder))
    return report.finish()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Problem as problem:
        sys.exit(f"check-convert: {problem}")
