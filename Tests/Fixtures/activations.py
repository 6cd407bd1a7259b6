#!/usr/bin/env python3
"""Every activation of transformers' ACT2FN on a table of values, computed in float64.

    python activations.py [output folder, default: activations/ beside this file]

Writes golden.safetensors: `x` [1, n], and for every name of ACT2FN `<name>` [1, n] = f(x), stored
as F32. `prelu` and `xielu` have learnt values; theirs are in `<name>.parameters` [1, k], in the
order weight and alpha_p, alpha_n, beta, eps. Needs torch, transformers and safetensors.
"""
import os, sys

import torch
from safetensors.torch import save_file
from transformers.activations import ACT2FN

out = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "activations")

# Zeros of both signs, the bends of the piecewise functions and both sides of them, the threshold of
# softplus, and magnitudes where exp overflows in float32 and in float64.
points = [0.0, -0.0, 1e-30, 1e-8, 1e-6, 9.98e-7, 1e-3, 0.1, 0.5, 0.707107, 1.0, 2.5, 2.999, 3.0, 3.001, 5.999, 6.0, 6.001,
          8.0, 9.99, 10.0, 10.01, 15.0, 19.999, 20.0, 20.001, 40.0, 88.0, 89.0, 104.0, 500.0, 750.0, 1000.0]
points += [k / 16 + 1 / 64 for k in range(0, 128)]
x = torch.tensor([s * p for p in points for s in (1, -1)], dtype=torch.float32)

tensors = {"x": x.reshape(1, -1)}
for name in sorted(ACT2FN.keys()):
    f = ACT2FN[name]
    if isinstance(f, torch.nn.Module):
        with torch.no_grad():
            for i, (_, p) in enumerate(f.named_parameters()):
                p.copy_(torch.tensor(0.375 - 0.75 * i))  # not the initial values; exact in bfloat16
        learnt = [f.weight] if name == "prelu" else [f.alpha_p, f.alpha_n, f.beta, f.eps] if name == "xielu" else []
        if learnt:
            tensors[f"{name}.parameters"] = torch.cat([v.detach().double().reshape(-1) for v in learnt]).float().reshape(1, -1)
        f = f.double()
    with torch.no_grad():
        y = f(x.double())
    assert torch.isfinite(y).all(), name
    tensors[name] = y.float().reshape(1, -1)
os.makedirs(out, exist_ok=True)
save_file(tensors, os.path.join(out, "golden.safetensors"))
os.chmod(os.path.join(out, "golden.safetensors"), 0o644)
print(f"{len(tensors) - 1} tensors of {x.numel()} values")
