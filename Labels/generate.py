#!/usr/bin/env python3
"""Writes the class lists of this folder from timm's data: python Labels/generate.py [folder].

Needs timm 1.0 (Apache-2.0), whose wheel carries the lists in timm/data/_info."""
import importlib.resources
import pathlib
import sys

LISTS = {"imagenet-1k.tsv": ("imagenet_synsets.txt", 1000), "imagenet-21k.tsv": ("imagenet21k_goog_synsets.txt", 21843)}


def main():
    target = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    info = importlib.resources.files("timm") / "data" / "_info"
    lemmas = dict(line.split("\t") for line in (info / "imagenet_synset_to_lemma.txt").read_text("utf-8").splitlines())
    for name, (source, count) in LISTS.items():
        synsets = (info / source).read_text("utf-8").split()
        assert len(synsets) == count, (source, len(synsets))
        (target / name).write_text("".join(f"{s}\t{lemmas[s]}\n" for s in synsets), "utf-8")


main()
