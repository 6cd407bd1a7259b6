"""Google's archives of weights, made of timm's state dictionaries."""
import io, zipfile

import numpy as np


def arrays(state, depths, dtype="<f4"):
    """The original BiT naming; kernels are HWIO."""
    found, kernel = {}, "standardized_conv2d/kernel"

    def put(name, source):
        values = state[source].numpy().astype(dtype)
        found["resnet/" + name] = np.ascontiguousarray(values.transpose(2, 3, 1, 0)) if values.ndim == 4 else values

    put(f"root_block/{kernel}", "stem.conv.weight")
    for stage, depth in enumerate(depths):
        for block in range(depth):
            source, target = f"stages.{stage}.blocks.{block}.", f"block{stage + 1}/unit{block + 1:02d}/"
            for number, letter in enumerate("abc", 1):
                put(f"{target}{letter}/{kernel}", f"{source}conv{number}.weight")
                put(f"{target}{letter}/group_norm/gamma", f"{source}norm{number}.weight")
                put(f"{target}{letter}/group_norm/beta", f"{source}norm{number}.bias")
            if block == 0:
                put(f"{target}a/proj/{kernel}", f"{source}downsample.conv.weight")
    put("group_norm/gamma", "norm.weight")
    put("group_norm/beta", "norm.bias")
    put("head/conv2d/kernel", "head.fc.weight")
    put("head/conv2d/bias", "head.fc.bias")
    return found


def write(path, members, compression=zipfile.ZIP_STORED):
    """np.savez's layout with fixed time stamps, so that the file is the same on every run."""
    with zipfile.ZipFile(path, "w", compression) as file:
        for name, values in members.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, values, allow_pickle=False)
            file.writestr(zipfile.ZipInfo(name + ".npy", (1980, 1, 1, 0, 0, 0)), content.getvalue(), compress_type=compression)
