"""Photographs that nobody had to take: smooth gradients with texture, as large as asked for."""

import pathlib

import numpy
from PIL import Image


def make(folder, kind, count, width=640, height=480):
    """A folder of so many images, made once."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{number:04}.{kind}" for number in range(count)]
    random = numpy.random.default_rng(1)
    for file in files:
        if not file.exists():
            picture(random, width, height).save(file, quality=90)
    return files


def picture(random, width, height):
    coarse = Image.fromarray(random.integers(0, 256, (15, 20, 3), dtype="uint8"))
    pixels = numpy.asarray(coarse.resize((width, height), Image.BICUBIC), dtype="int16")
    grain = random.normal(0, 8, (height, width, 1)).astype("int16")
    return Image.fromarray(numpy.clip(pixels + grain, 0, 255).astype("uint8"))
