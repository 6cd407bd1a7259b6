#!/usr/bin/env python3
"""One set of weights in the forms that users have, and what timm itself says of its BiT models.

    OMP_NUM_THREADS=2 python checkpoints.py [output folder, default: this one]

Writes
* forms/<form>/: the same tiny network (values that binary16 holds) as Hugging Face's and timm's folders, safetensors
  and .bin, and as Google's archive, stored and deflated; forms/golden.safetensors: input and float64 logits.
* timm/entries.json: of every BiT entry of timm's resnetv2.py its name, classes, layout and evaluation settings.
* timm/transforms.json and .safetensors: what timm's own transforms make of pictures in preprocess/images.
Needs torch, torchvision, transformers, timm, safetensors, numpy and Pillow.
"""
import copy, json, os, shutil, sys, zipfile
from functools import partial

import timm
import torch
from PIL import Image
from safetensors.torch import save_file
from timm.data import create_transform, resolve_data_config
from timm.layers import StdConv2d
from timm.models import resnetv2
from timm.models._hub import save_config_for_hf
from transformers import BitConfig, BitForImageClassification
from transformers.models.bit.image_processing_pil_bit import BitImageProcessorPil

import fixturelib as L
import googlenpz
from generate import timm_to_hf

here = os.path.dirname(os.path.abspath(__file__))
out = sys.argv[1] if len(sys.argv) > 1 else here
LAYERS, WIDTHS, STEM, CLASSES = [2, 1], (128, 128), 32, 7


# ------------------------------------------------------------------------------------ the same weights in all forms


def tiny(eps):
    return resnetv2.ResNetV2(LAYERS, WIDTHS, num_classes=CLASSES, stem_chs=STEM, stem_type="fixed", preact=True,
                             conv_layer=partial(StdConv2d, eps=eps)).eval()


def folder(*names):
    path = os.path.join(out, *names)
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def forms():
    root = folder("forms")
    m = tiny(1e-8)
    L.fill(m, 171, tiny=True)
    m = m.half().float()
    sd = {k: v.contiguous() for k, v in m.state_dict().items()}
    labels = ["a kite", "a \"plug\"", "snail, shell", "schön", "e", "f", "g"]
    hf = BitForImageClassification(BitConfig(
        embedding_size=STEM, hidden_sizes=list(WIDTHS), depths=LAYERS, num_groups=32, num_labels=CLASSES,
        id2label=dict(enumerate(labels)), label2id={v: i for i, v in enumerate(labels)})).eval()
    hf.load_state_dict(timm_to_hf(sd))
    processor = BitImageProcessorPil(size={"shortest_edge": 64}, crop_size={"height": 64, "width": 64}, resample=2,
                                     image_mean=[0.5] * 3, image_std=[0.5] * 3)
    for name in ("huggingface", "huggingface-bin"):
        d = os.path.join(root, name)
        hf.save_pretrained(d)
        processor.save_pretrained(d)
    d = os.path.join(root, "huggingface-bin")
    os.remove(os.path.join(d, "model.safetensors"))
    torch.save({k: v.half() for k, v in hf.state_dict().items()}, os.path.join(d, "pytorch_model.bin"))

    m.pretrained_cfg = dict(resnetv2.default_cfgs["resnetv2_50x1_bit"].cfgs["goog_in21k_ft_in1k"].to_dict(),
                            input_size=(3, 64, 64), num_classes=CLASSES)
    m.pretrained_cfg["architecture"] = "resnetv2_50x1_bit"
    for name in ("timm", "timm-bin"):
        d = folder("forms", name)
        save_config_for_hf(m, os.path.join(d, "config.json"), {"label_names": [f"n{i}" for i in range(CLASSES)],
                           "label_descriptions": {f"n{i}": v for i, v in enumerate(labels)}})
        if name == "timm":
            save_file(sd, os.path.join(d, "model.safetensors"), metadata={"format": "pt"})
        else:
            torch.save({k: v.half() for k, v in sd.items()}, os.path.join(d, "pytorch_model.bin"))
    for name, dtype, how in (("google", "<f4", zipfile.ZIP_STORED), ("google-deflated", "<f2", zipfile.ZIP_DEFLATED)):
        googlenpz.write(os.path.join(folder("forms", name), "BiT-tiny_64.npz"), googlenpz.arrays(sd, LAYERS, dtype), how)
    for base, _, files in os.walk(root):
        for f in files:
            os.chmod(os.path.join(base, f), 0o644)

    x = L.make_input(171, (1, 3, 45, 52))
    golden = {"pixel_values": x}
    for name, eps in (("logits", 1e-8), ("logits_google", 1e-10)):
        t = tiny(eps)
        t.load_state_dict(sd)
        with torch.no_grad():
            golden[name] = t.double()(x.double()).float()
    t = tiny(1e-10)
    t.load_pretrained(os.path.join(root, "google", "BiT-tiny_64.npz"))  # timm's own reader accepts the archive
    with torch.no_grad():
        assert torch.equal(t.double()(x.double()).float(), golden["logits_google"])
        gap = (hf.double()(x.double()).logits.float() - golden["logits"]).abs().max()
    assert gap < 1e-6, gap
    save_file(golden, os.path.join(root, "golden.safetensors"))
    print("forms ok; the other epsilon moves the logits by", float((golden["logits"] - golden["logits_google"]).abs().max()))


# ------------------------------------------------------------------------------------ timm's list of models


def entries():
    from timm.models._registry import _deprecated_models

    d = os.path.join(out, "timm")
    os.makedirs(d, exist_ok=True)
    rows = []
    for architecture, default in resnetv2.default_cfgs.items():
        if not architecture.endswith("_bit"):
            continue
        for tag, cfg in default.cfgs.items():
            name = f"{architecture}.{tag}"
            with torch.device("meta"):
                m = timm.create_model(name, pretrained=False)
            data = resolve_data_config({}, model=m)
            shapes = {k: list(v.shape) for k, v in m.state_dict().items()}
            assert data["crop_mode"] == "center" and set(data["mean"]) | set(data["std"]) == {0.5}
            rows.append({
                "name": name, "former_names": sorted(k for k, v in _deprecated_models.items() if v == name),
                "num_classes": m.num_classes, "input_size": list(data["input_size"]), "interpolation": data["interpolation"],
                "crop_pct": data["crop_pct"], "depths": [len(s.blocks) for s in m.stages],
                "stem": shapes["stem.conv.weight"][0],
                "widths": [shapes[f"stages.{i}.blocks.0.conv3.weight"][0] for i in range(4)], "head": shapes["head.fc.weight"]})
    others = sorted(a for a in resnetv2.default_cfgs if not a.endswith("_bit"))
    L.write_json(os.path.join(d, "entries.json"), {"timm": timm.__version__, "entries": rows, "not_bit": others})
    print(len(rows), "entries,", len(others), "others")


# ------------------------------------------------------------------------------------ timm's transforms


def transforms():
    d = os.path.join(out, "timm")
    images = ["rgb8_photo.png", "rgb8_noise.png", "3x200.png", "200x3.png", "1x1.png"]
    sizes = {i: Image.open(os.path.join(here, "preprocess", "images", i)).size for i in images}
    cases, tensors = [], {}
    imagenet = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
    half = {"mean": [0.5] * 3, "std": [0.5] * 3}

    def add(image, size, crop_pct, crop_mode, interpolation, norm):
        cfg = {"input_size": [3, *size], "crop_pct": crop_pct, "crop_mode": crop_mode, "interpolation": interpolation, **norm}
        t = create_transform(**resolve_data_config({}, pretrained_cfg=cfg), is_training=False)
        name = f"{len(cases):02d}"
        x = t(Image.open(os.path.join(here, "preprocess", "images", image)).convert("RGB"))
        tensors[name] = x.unsqueeze(0).contiguous()
        cases.append({"tensor": name, "image": f"images/{image}", "pretrained_cfg": cfg})

    photo = "rgb8_photo.png"
    for mode in ("center", "squash", "border"):
        for size, pct in (((32, 32), 1.0), ((31, 31), 0.875), ((28, 44), 0.9), ((45, 24), 1.0)):
            add(photo, size, pct, mode, "bicubic", imagenet)
        add(photo, (30, 30), 0.95, mode, "bilinear", half)
    for interpolation in ("nearest", "lanczos", "box", "hamming"):
        add(photo, (29, 29), 0.875, "center", interpolation, half)
    for image in images[1:]:
        for mode in ("center", "squash", "border"):
            if sizes[image] in ((3, 200), (200, 3)) and mode != "squash":
                continue  # the long side would have 2000 pixels, or the short one none
            add(image, (27, 27), 0.9, mode, "bilinear", half)
    # A crop larger than the picture: crop_pct above 1.
    for mode in ("center", "squash", "border"):
        add(photo, (33, 40), 1.3, mode, "bilinear", imagenet)
    save_file(tensors, os.path.join(d, "transforms.safetensors"))
    L.write_json(os.path.join(d, "transforms.json"), {"timm": timm.__version__, "cases": cases})
    print(len(cases), "transforms")


if __name__ == "__main__":
    forms()
    entries()
    transforms()
