#!/usr/bin/env python3
"""Times bitcl beside transformers' eager PyTorch: the same network, size and batch, taking turns.

    python3 -m venv .venv && .venv/bin/pip install torch transformers
    .venv/bin/python Scripts/bench-transformers.py [--size 224] [--batch 1 8] [--rounds 3]

Weights are random on both sides (BiT-R50x1, 1,000 classes); time does not depend on them. A round
is one run of each, so that a machine whose speed drifts drifts for all; the figures are medians over
all rounds, in milliseconds an image, and the ratio to PyTorch's.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def bitcl(device, size, batch, iterations):
    command = [str(ROOT / "Scripts" / "bitcl"), "bench", "-q", "-m", f"random:R50x1@{size}",
               "-d", device, "--batch", str(batch), "--iterations", str(iterations),
               "--format", "json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def make_torch(size):
    import torch
    from transformers import BitConfig, BitForImageClassification

    torch.set_num_threads(len(os.sched_getaffinity(0)))
    model = BitForImageClassification(BitConfig(num_labels=1000)).eval()

    def measure(batch, iterations):
        pixels = torch.randn(batch, 3, size, size)
        times = []
        with torch.inference_mode():
            for _ in range(3):
                model(pixels)
            for _ in range(iterations):
                start = time.perf_counter()
                model(pixels)
                times.append((time.perf_counter() - start) * 1e3 / batch)
        return statistics.median(times)

    return measure, torch.__version__


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--iterations", type=int, default=20)
    parser.add_argument("--devices", nargs="+", default=["opencl", "cpu"])
    arguments = parser.parse_args()

    torch_measure, version = make_torch(arguments.size)
    print(f"R50x1 at {arguments.size}, {len(os.sched_getaffinity(0))} cores, PyTorch {version};"
          f" medians of {arguments.rounds} rounds of {arguments.iterations} runs, ms an image")
    for batch in arguments.batch:
        iterations = max(3, arguments.iterations // batch)
        figures = {name: [] for name in ["transformers"] + arguments.devices}
        for _ in range(arguments.rounds):
            figures["transformers"].append(torch_measure(batch, iterations))
            for device in arguments.devices:
                result = bitcl(device, arguments.size, batch, iterations)
                figures[device].append(result["ms_per_image"]["median"])
        base = statistics.median(figures["transformers"])
        for name, values in figures.items():
            median = statistics.median(values)
            print(f"batch {batch:2d}  {name:14s} {median:8.1f}   {median / base:5.2f} of PyTorch's"
                  f"   ({min(values):.1f} to {max(values):.1f})")


if __name__ == "__main__":
    main()
