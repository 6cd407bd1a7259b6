"""Which kernel files a kernel set uses, and the options that they are built with.

The same as `KernelSet` and the `Tuning` types of Sources/OpenCLBackend choose: `check` compares them
with what a driver was asked to build.
"""

import re
from dataclasses import dataclass

PRELUDE = "prelude.clh"
REGISTER_TILE = "vector_tile.clh"
WINOGRAD_SQUARES = "winograd_squares.clh"
ACTIVATIONS = range(19)
_TILES = {
    "tiled64": (64, 64, 16, 4, 4), "tiled32": (32, 32, 16, 4, 4), "tiled16": (16, 16, 16, 4, 4),
    "tiled8": (8, 8, 8, 8, 8)}
_VECTORS = {
    f"{launch}{width}": (width, pixels, rest)
    for launch in ("persistent", "vector") for width, pixels, rest in ((16, 14, 8), (8, 6, 4))}
# What stands before network_vector.cl: whose functions it calls, and the weights' kernel.
_NETWORK = (
    REGISTER_TILE, "conv2d_vector.cl", "conv2d_pointwise.cl", WINOGRAD_SQUARES, "conv2d_winograd.cl",
    "max_pool.cl", "group_norm_statistics.cl", "global_avg_pool.cl", "linear.cl",
    "weight_standardization.cl", "winograd_weights.cl")
SETS = (*_VECTORS, *_TILES, "reference")


@dataclass(frozen=True, order=True)
class Build:
    file: str
    options: str
    # Files before it in the same program.
    before: tuple = ()

    @property
    def texts(self):
        """The files that make the program, in order."""
        return (PRELUDE, *self.before, self.file)

    @property
    def is_single_item(self):
        """Whether all work-groups that can meet at a barrier are of one work-item."""
        return bool(re.search(r"-D (ITEMS=1(?!\d)|VECTOR=)", self.options))


def _activated(file, options="", before=()):
    return [
        Build(file, f"{options} -D ACTIVATION={code}".strip(), before) for code in ACTIVATIONS]


def builds_of(kernel_set):
    """Every build that plans of a kernel set ask for."""
    if kernel_set == "reference":
        result = [Build(f, "") for f in (
            "conv2d_ref.cl", "global_avg_pool_ref.cl", "linear_ref.cl", "max_pool_ref.cl",
            "zero_pad.cl")]
        result += [b for f in ("group_norm_ref.cl", "add_ref.cl") for b in _activated(f)]
        return result + [Build("weight_standardization.cl", "-D ITEMS=1 -D OUTPUTS=1")]
    if kernel_set in _VECTORS:
        vector, pixels, rest = _VECTORS[kernel_set]
        items, outputs = 1, 16
        tile = f"-D VECTOR={vector} -D MICRO_PIXELS={pixels} -D REST_PIXELS={rest}"
        convolution = [
            b for dense in (0, 1) for b in _activated(
                "conv2d_vector.cl", f"{tile} -D DENSE={dense}", (REGISTER_TILE,))]
        convolution += _activated("conv2d_pointwise.cl", tile, (REGISTER_TILE,))
        convolution += _activated(
            "conv2d_winograd.cl", tile, (REGISTER_TILE, WINOGRAD_SQUARES))
        convolution.append(Build("winograd_weights.cl", ""))
        if kernel_set.startswith("persistent"):
            convolution += _activated(
                "network_vector.cl",
                f"{tile} -D CHANNELS={vector} -D ITEMS=1 -D OUTPUTS=16 -D FUNCTIONS_ONLY", _NETWORK)
    else:
        names = ("TILE_M", "TILE_N", "TILE_K", "MICRO_M", "MICRO_N")
        tile = dict(zip(names, _TILES[kernel_set]))
        group = tile["TILE_M"] // tile["MICRO_M"] * (tile["TILE_N"] // tile["MICRO_N"])
        items, outputs = min(64, group), 1
        convolution = _activated(
            "conv2d_tiled.cl", " ".join(f"-D {name}={value}" for name, value in tile.items()))
    result = [Build("zero_pad.cl", "")]
    result += [Build(f, f"-D ITEMS={items}") for f in ("linear.cl", "group_norm_statistics.cl")]
    result.append(Build("weight_standardization.cl", f"-D ITEMS={items} -D OUTPUTS={outputs}"))
    for file in ("add.cl", "group_norm.cl", "max_pool.cl", "global_avg_pool.cl"):
        result += _activated(file)
    return result + convolution


def files_of(kernel_set):
    """The files whose mutants concern a kernel set, the prelude among them."""
    return sorted({name for b in builds_of(kernel_set) for name in b.texts})


def builds_with(file, kernel_set):
    """The builds that a file's text goes into; one of each file first."""
    builds = builds_of(kernel_set)
    if file != PRELUDE:
        return [b for b in builds if file in b.texts]
    files = [b.file for b in builds]
    return [b for _, _, b in sorted((files[:i].count(b.file), i, b) for i, b in enumerate(builds))]
