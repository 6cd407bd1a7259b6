#!/usr/bin/env python3
"""Writes the files of this folder: what torch.save makes, and what users do to it.

    python generate.py [folder]          # needs torch, safetensors, numpy

expected.safetensors holds, as FILE/TENSOR, the float tensors of every file that can be read,
contiguous and in F32. The files are those of PyTorch 2.15; other versions may number or name
members differently, which is no matter.
"""

import argparse
import collections
import io
import os
import sys
import zipfile

import numpy
import torch
from safetensors.torch import save_file
from torch import nn
from torch.utils.serialization import config

folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
expected = {}


def values(*shape, dtype=torch.float32, start=0):
    """Eighths within ±9/8, which every float type holds exactly."""
    count = int(numpy.prod(shape, dtype=int))
    numbers = [((index * 7 + start) % 19 - 9) / 8 for index in range(count)]
    return torch.tensor(numbers, dtype=torch.float64).to(dtype).reshape(shape)


def expect(name, tensors):
    for key, tensor in tensors.items():
        if tensor.dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
            expected[f"{name}/{key}"] = tensor.detach().to(torch.float32).contiguous().clone()


def save(name, value, tensors=None, **options):
    torch.save(value, os.path.join(folder, name), **options)
    expect(name, tensors or {})


def every_type():
    state = collections.OrderedDict()
    for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16):
        state[str(dtype)[6:]] = values(2, 3, dtype=dtype)
    for dtype in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8):
        state[str(dtype)[6:]] = torch.arange(3).to(dtype)
    state["bool"] = torch.tensor([True, False])
    state["complex64"] = torch.tensor([1 + 2j])
    state["scalar"] = torch.tensor(0.625)
    state["empty"] = torch.zeros(0, 3)
    return state


def views():
    base = values(3, 4, 5)
    flat = values(16, dtype=torch.float16, start=3)
    channels_last = values(2, 3, 2, 2).contiguous(memory_format=torch.channels_last)
    tensors = {
        "base": base, "tied": base, "permuted": base.permute(2, 0, 1), "part": base[1:, ::2, 1:],
        "row": base[2, 1], "element": base[1, 2, 3], "nothing": base[3:],
        "repeated": base[:, :1, :1].expand(3, 2, 4), "half": flat[5:13].view(2, 4),
        "half_transposed": flat.view(4, 4).t(), "windows": flat.unfold(0, 4, 2),
        "channels_last": channels_last,
    }
    return tensors


def model():
    torch.manual_seed(0)
    layers = nn.Sequential(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3))
    for index, parameter in enumerate(layers.parameters()):
        parameter.data = values(*parameter.shape, start=index)
    return layers


def training():
    layers = model()
    optimizer = torch.optim.SGD(layers.parameters(), lr=0.1, momentum=0.9)
    layers(values(1, 2, 4, 4)).sum().backward()
    optimizer.step()
    wrapped = {"module." + key: value for key, value in layers.state_dict().items()}
    averaged = collections.OrderedDict(
        ("_orig_mod." + key, value.double() / 2) for key, value in wrapped.items())
    return {
        "epoch": 7, "arch": "resnetv2_50x1_bit", "metric": 0.5, "big": 2**70, "none": None,
        "state_dict": wrapped, "state_dict_ema": averaged, "optimizer": optimizer.state_dict(),
        "args": {"lr": 0.1, "tags": {"a", "b"}, "raw": b"\0\1", "size": torch.Size([1, 2]),
                 "device": torch.device("cpu"), "type": torch.float16, "pair": (1, (2, [3, 4]))},
    }, {key.removeprefix("_orig_mod.module."): value for key, value in averaged.items()}


def attributed(tensor, **attributes):
    for key, value in attributes.items():
        setattr(tensor, key, value)
    return tensor


def rewritten(name, source, method=zipfile.ZIP_STORED, root="archive/", change=lambda name, data: data):
    """The archive again, as a zip tool writes it."""
    with zipfile.ZipFile(os.path.join(folder, source)) as old, \
         zipfile.ZipFile(os.path.join(folder, name), "w", method) as new:
        new.comment = b"zipped again"
        if root.count("/") > 1:
            new.mkdir(root.rsplit("/", 2)[0])
        for member in old.infolist():
            path = member.filename.split("/", 1)[1]
            new.writestr(root + path, change(path, old.read(member)))
    for key in [key for key in expected if key.startswith(source + "/")]:
        expected[name + key[len(source):]] = expected[key].clone()


def swapped(name, data):
    """A storage of F32 as a big-endian machine writes it."""
    if name == "byteorder":
        return b"big"
    return numpy.frombuffer(data, "<u4").byteswap().tobytes() if name.startswith("data/") else data


def main():
    os.makedirs(folder, exist_ok=True)
    state = every_type()
    save("types.pt", state, state)
    save("types-legacy.pt", state, state, _use_new_zipfile_serialization=False)
    shared = views()
    save("views.pt", shared, shared)
    save("views-legacy.pt", shared, shared, _use_new_zipfile_serialization=False)
    checkpoint, averaged = training()
    save("training.pth.tar", checkpoint, averaged)
    save("training-legacy.pth.tar", checkpoint, averaged, _use_new_zipfile_serialization=False)
    layers = model()
    parameters = dict(layers.named_parameters())
    for protocol in (1, 3, 4, 5):
        save(f"protocol-{protocol}.bin", layers.state_dict(), layers.state_dict(), pickle_protocol=protocol)
        save(f"protocol-{protocol}-legacy.bin", layers.state_dict(), layers.state_dict(),
             pickle_protocol=protocol, _use_new_zipfile_serialization=False)
    parameters["attributed"] = attributed(nn.Parameter(values(2)), note="x")
    parameters["tensor"] = attributed(values(3), note="y")
    parameters["wide"] = torch.arange(3).to(torch.uint16)
    save("parameters.pt", parameters, parameters)
    config.save.compute_crc32 = False
    save("no-checksums.pt", layers.state_dict(), layers.state_dict())
    config.save.compute_crc32 = True
    tag = torch.serialization.location_tag
    torch.serialization.location_tag = lambda storage: "cuda:0"
    save("cuda.pt", layers.state_dict(), layers.state_dict())
    torch.serialization.location_tag = tag
    floats = {key: value for key, value in layers.state_dict().items() if value.dtype == torch.float32}
    save("floats.pt", floats, floats)
    rewritten("big-endian.pt", "floats.pt", change=swapped)
    rewritten("views-deflated.pt", "views.pt", zipfile.ZIP_DEFLATED, root="some folder/größe/")

    # Files that are refused.
    save("refused-namespace.pt", {"state_dict": floats, "args": argparse.Namespace(lr=0.1)})
    save("refused-numpy.pt", {"state_dict": floats, "metric": numpy.float64(0.5)})
    save("refused-quantized.pt", {"a": torch.quantize_per_tensor(values(4), 0.125, 0, torch.qint8)})
    save("refused-sparse.pt", {"a": values(2, 2).to_sparse()})
    save("refused-meta.pt", {"a": torch.empty(2, device="meta")})
    save("refused-module.pt", nn.Linear(1, 1))
    save("refused-list.pt", [values(2)])
    save("refused-tensorless.pt", {"weights": {"a": values(2)}, "epoch": 3})
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(nn.ReLU()), buffer)
    with open(os.path.join(folder, "refused-script.pt"), "wb") as file:
        file.write(buffer.getvalue())
    save_file(expected, os.path.join(folder, "expected.safetensors"))


main()
