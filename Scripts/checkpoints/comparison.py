"""What both scripts do: run a model here and in a Python library, and compare."""

import dataclasses
import json
import os
import subprocess
import tempfile
from pathlib import Path

import torch
import transformers
from safetensors.torch import load_file, save_file

ROOT = Path(__file__).resolve().parent.parent.parent

# Of the largest number: what a sound Float implementation may have, as for the fixtures.
TOLERANCES = {"logits": 2e-5, "pooler_output": 5e-5, "feature_maps": 5e-5}

TYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()


class Problem(Exception):
    """Something that does not hold, in a line."""


def bitcl(*arguments):
    """Runs the program; BITCL names another than the checkout's own."""
    program = os.environ.get("BITCL") or str(ROOT / "Scripts" / "bitcl")
    result = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if result.returncode:
        raise Problem(f"bitcl {arguments[0]} ended with {result.returncode}: {result.stderr.strip()}")
    return result


def convert(source, folder, dtype):
    """Writes a folder; returns the warnings."""
    result = bitcl("convert", source, folder, "--dtype", dtype)
    return [line for line in result.stderr.splitlines() if line.startswith("warning:")]


def outputs(model, pixels, device):
    """What this program computes."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.safetensors"), Path(folder, "out.safetensors")
        save_file({"pixel_values": pixels.contiguous()}, source)
        bitcl("run", "-q", "-d", device, "-m", model, "-i", source, "-o", target)
        return chosen(load_file(target))


def load(folder, dtype):
    """A folder that we wrote: the model in double precision, and the image processor."""
    # As stored: what from_pretrained does with the dtype that config.json names.
    model = load_model(folder, dtype="auto")
    if model.dtype != TYPES[dtype]:
        raise Problem(f"from_pretrained loads {model.dtype}, {dtype} was asked for")
    return model.double(), transformers.AutoImageProcessor.from_pretrained(folder)


def load_model(folder, **options):
    """What transformers makes of a folder; raises where it had to make something up."""
    configuration = json.loads(Path(folder, "config.json").read_text())
    kind = getattr(transformers, configuration["architectures"][0])
    model, info = kind.from_pretrained(folder, output_loading_info=True, **options)
    for what in ("missing_keys", "unexpected_keys", "mismatched_keys", "error_msgs"):
        if info.get(what):
            raise Problem(f"from_pretrained reports {what}: {list(info[what])[:3]}")
    return model.eval()


def their_outputs(model, pixels):
    with torch.inference_mode():
        result = model(pixels.double())
    found = {k: result[k] for k in ("logits", "pooler_output") if result.get(k) is not None}
    for index, features in enumerate(result.get("feature_maps") or ()):
        found[f"feature_maps.{index}"] = features
    return found


def chosen(tensors):
    """The logits where there are any, or else what takes their place."""
    for prefix in ("logits", "feature_maps.", "pooler_output"):
        found = {k: v for k, v in tensors.items() if k.startswith(prefix) and "_" not in k[len(prefix):]}
        if found:
            return found
    return {}


@dataclasses.dataclass
class Difference:
    name: str
    error: float
    allowed: float

    def __str__(self):
        return f"{self.name} differs by {self.error:.1e} of its largest, {self.allowed:.0e} is allowed"


def compare(found, expected):
    """The worst difference, relative to the largest number; raises where it is too much."""
    expected = chosen(expected)
    if not expected or expected.keys() - found.keys():
        raise Problem(f"{sorted(found)} came out, {sorted(expected)} was expected")
    worst = None
    for name, right in expected.items():
        value, right = found[name].double().flatten(), right.double().flatten()
        if value.shape != right.shape:
            raise Problem(f"{name} has {value.numel()} numbers, {right.numel()} were expected")
        error = ((value - right).abs().max() / right.abs().max()).item()
        allowed = TOLERANCES[name.split(".")[0]]
        difference = Difference(name, error, allowed)
        if not error <= allowed:
            raise Problem(str(difference))
        if worst is None or error / allowed > worst.error / worst.allowed:
            worst = difference
    return worst


class Report:
    """A line a check, and the exit status."""

    def __init__(self):
        self.failures = 0
        self.worst = {}

    def check(self, name, body):
        try:
            text = body()
            print(f"ok    {name}: {text}", flush=True)
        except Problem as problem:
            self.failures += 1
            print(f"FAIL  {name}: {problem}", flush=True)

    def note(self, key, difference):
        self.worst[key] = max(self.worst.get(key, 0.0), difference.error)

    def finish(self):
        for key, error in sorted(self.worst.items()):
            print(f"worst {key}: {error:.1e} of the largest number")
        if self.failures:
            print(f"{self.failures} checks failed")
        return 3 if self.failures else 0
