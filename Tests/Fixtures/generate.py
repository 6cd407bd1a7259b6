#!/usr/bin/env python3
"""Generates the golden fixtures from Hugging Face transformers' BiT (and timm's, for timm's own
naming). Deterministic: no generator but the integer hash in fixturelib.py is used.

    OMP_NUM_THREADS=2 python generate.py [output folder, default: this file's folder]

Writes models/<case>/, preprocess/ and resize/. See README.md for the format.
"""
import json, os, shutil, sys

import fixturelib as L
import googlenpz
import pictures
import preprocessing
import processors
import torch
from PIL import Image
from safetensors.torch import save_file

ROOT = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(__file__))
M = os.path.join(ROOT, "models")

# 16/32/48/64/96 channels give bottleneck widths 8/16/16/24: every one divides by 8 groups.
BASE = dict(embedding_size=16, hidden_sizes=[32, 48, 64, 96], depths=[1, 2, 2, 1], num_groups=8, num_labels=10)

LEAN = dict(embedding_size=16, hidden_sizes=[32, 32, 48, 64], depths=[1, 2, 1, 1], num_groups=8, num_labels=10)


def cfg(**kw):
    return {**BASE, **kw}


def lean(**kw):
    return {**LEAN, **kw}


def zero_channel(model):
    """One all-zero kernel: its variance is 0, so the standardised kernel must be 0, not NaN."""
    with torch.no_grad():
        model.bit.encoder.stages[1].layers[0].conv2.weight[5] = 0


def models():
    c = L.model_case
    base = c(M, "01_preact_default", "preactivation, global_padding null, odd input 65x47; one all-zero kernel (stage 1, layer 0, conv2, channel 5)",
             cfg(), (1, 3, 65, 47), 101, modules=True, std_weights=True, edit=zero_channel)
    c(M, "02a_same_dynamic", "global_padding SAME, embedding_dynamic_padding true, input 50x51 (asymmetric padding)",
      cfg(global_padding="SAME", embedding_dynamic_padding=True), (1, 3, 50, 51), 102, modules=True)
    c(M, "02b_same_static_pool", "global_padding SAME with embedding_dynamic_padding false: the stem pool has no padding at all",
      lean(global_padding="SAME"), (1, 3, 51, 50), 103)
    c(M, "02c_default_dynamic_pool", "global_padding null with embedding_dynamic_padding true: the fixed 1-pixel zero border AND the dynamic pool padding",
      lean(embedding_dynamic_padding=True), (1, 3, 49, 42), 104)
    c(M, "02d_same_lowercase", "global_padding written as 'same' in config.json (Hugging Face upper-cases it on load)",
      lean(global_padding="SAME", embedding_dynamic_padding=True), (1, 3, 37, 40), 105, after=lower_case_padding)
    c(M, "03a_valid_error", "global_padding VALID at an ordinary size: Hugging Face raises, because the 3x3 branch shrinks and the shortcut does not. hidden_states.0 (the stem) is still given",
      lean(global_padding="VALID", hidden_sizes=[32, 32], depths=[1, 1]), (1, 3, 48, 48), 106, expect_error=True)
    c(M, "03b_valid_broadcast", "global_padding VALID at 17x15: the residual branch shrinks to 1x1 and torch BROADCASTS it over the shortcut (an accident that works)",
      dict(embedding_size=8, hidden_sizes=[32, 48], depths=[2, 1], num_groups=4, num_labels=10, global_padding="VALID"), (1, 3, 17, 15), 107, modules=True,
      notes=["Only sizes whose residual branch is 1 wherever it differs from the shortcut work."])
    c(M, "04a_vit_hybrid_backbone", "BitBackbone as ViT-hybrid uses it: bottleneck, SAME, dynamic pool padding, three stages, out_features stage1 and stage3; tensor names start with 'bit.', no classifier",
      dict(embedding_size=16, hidden_sizes=[32, 48, 64], depths=[2, 1, 2], num_groups=8, layer_type="bottleneck", global_padding="SAME",
           embedding_dynamic_padding=True, out_features=["stage1", "stage3"]), (1, 3, 44, 37), 108, cls="BitBackbone", modules=True)
    c(M, "04b_bottleneck_default", "bottleneck with global_padding null: the stem pads with zeros BEFORE its group norm",
      cfg(layer_type="bottleneck"), (1, 3, 41, 46), 109, modules=True)
    c(M, "05a_groups_1", "num_groups 1", lean(num_groups=1), (1, 3, 48, 48), 110)
    c(M, "05b_groups_per_channel", "num_groups 16 with 16 stem and 16 mid channels: one channel per group",
      dict(embedding_size=16, hidden_sizes=[64, 64, 128], depths=[1, 1, 1], num_groups=16, num_labels=10), (1, 3, 48, 48), 111)
    c(M, "05c_groups_32", "num_groups 32 (google/bit-50's value), 32 stem channels",
      dict(embedding_size=32, hidden_sizes=[128, 128], depths=[1, 1], num_groups=32, num_labels=10), (1, 3, 40, 40), 112)
    for lt, tag in (("preactivation", "preact"), ("bottleneck", "bottleneck")):
        for os_ in (16, 8):
            note = ("preactivation layers never dilate: the stride is dropped and nothing replaces it" if lt == "preactivation" else
                    "bottleneck layers dilate conv2: see README for the rule of the first layer in a stage")
            c(M, f"06_{tag}_output_stride_{os_}", f"{lt}, output_stride {os_}: {note}",
              cfg(layer_type=lt, output_stride=os_, depths=[1, 2, 2, 3], hidden_sizes=[32, 32, 32, 48]), (1, 3, 56, 42), 113 + os_)
    c(M, "07_batch3", "batch of 3 different images", lean(), (3, 3, 40, 46), 131)
    c(M, "08a_odd_channels", "channels not multiples of 16: stem 20, stages 24/40/56/72, groups 4",
      dict(embedding_size=20, hidden_sizes=[24, 40, 56, 72], depths=[1, 1, 2, 1], num_groups=4, num_labels=10), (1, 3, 47, 45), 132)
    c(M, "08b_rounded_channels", "hidden_sizes 20/36/50/72 are rounded by make_div to 24/40/48/72",
      dict(embedding_size=12, hidden_sizes=[20, 36, 50, 72], depths=[1, 1, 1, 1], num_groups=4, num_labels=10), (1, 3, 44, 46), 133)
    c(M, "09_two_labels", "num_labels 2, with labels in id2label that hold commas, quotes and non-ASCII text",
      lean(id2label={0: "tench, Tinca tinca", 1: "crème \"brûlée\" 雪"}, label2id={"tench, Tinca tinca": 0, "crème \"brûlée\" 雪": 1}, num_labels=2), (1, 3, 50, 50), 134)
    c(M, "10a_float16", "weights stored as F16; the golden is computed from the upcast weights", cfg(), (1, 3, 56, 40), 135, dtype=torch.float16)
    c(M, "10b_bfloat16", "weights stored as BF16; the golden is computed from the upcast weights", cfg(), (1, 3, 40, 56), 136, dtype=torch.bfloat16)
    c(M, "11_sharded", "model.safetensors.index.json with several shards", lean(), (1, 3, 48, 50), 137, shard="40KB")
    bin_copy(base)
    timm_case()
    npz_case()
    c(M, "15a_headless", "BitModel only: tensor names without the 'bit.' prefix, no classifier", lean(), (2, 3, 40, 52), 140, cls="BitModel")
    c(M, "15b_headless_width_factor_2", "BitModel, bottleneck, width_factor 2: stage widths double, the stem's does not",
      dict(embedding_size=16, hidden_sizes=[16, 24, 32], depths=[1, 1, 1], num_groups=8, layer_type="bottleneck", width_factor=2), (1, 3, 48, 48), 141, cls="BitModel")
    c(M, "16_group_norm_eps", "preactivation with an input of magnitude 0.001, where GroupNorm's epsilon is visible in hidden_states.1 and on",
      lean(), (1, 3, 48, 48), 142, scale=1e-3, tiny=False)
    c(M, "18_leaky_relu", "hidden_act leaky_relu (negative slope 0.01): Hugging Face takes any name of its ACT2FN table", lean(hidden_act="leaky_relu"), (1, 3, 48, 48), 143)
    hub_style_case()


def lower_case_padding(folder, model, info, out64):
    p = os.path.join(folder, "config.json")
    t = open(p, encoding="utf-8").read()
    assert '"global_padding": "SAME"' in t
    open(p, "w", encoding="utf-8").write(t.replace('"global_padding": "SAME"', '"global_padding": "same"'))


def bin_copy(base):
    """Case 12: case 1's weights as pytorch_model.bin (torch.save's zip-pickle) and nothing else."""
    model, x, out64 = base
    src, dst = os.path.join(M, "01_preact_default"), os.path.join(M, "12_pytorch_bin")
    os.makedirs(dst, exist_ok=True)
    for f in ("config.json", "preprocessor_config.json"):
        shutil.copy(os.path.join(src, f), dst)
    torch.save(model.state_dict(), os.path.join(dst, "pytorch_model.bin"))
    L.save_golden(dst, x, {k: v for k, v in out64.items() if not k.startswith("modules.")})
    info = json.load(open(os.path.join(src, "golden.json"), encoding="utf-8"))
    info.update(case="12_pytorch_bin", description="01_preact_default's weights as pytorch_model.bin (torch.save, zip with pickle)", modules_stored=False)
    L.write_json(os.path.join(dst, "golden.json"), info)


TIMM = dict(layers=[2, 1, 1, 1], channels=(128, 128, 128, 128), stem_chs=32)


def timm_model(num_classes=10):
    from functools import partial
    from timm.layers import StdConv2d
    from timm.models.resnetv2 import ResNetV2

    return ResNetV2(num_classes=num_classes, stem_type="fixed", conv_layer=partial(StdConv2d, eps=1e-8), preact=True, **TIMM).eval()


def timm_to_hf(sd):
    """timm's names -> Hugging Face's, as the checkpoint conversion does."""
    out = {}
    for k, v in sd.items():
        n = k.replace("stem.conv.", "bit.embedder.convolution.").replace("blocks", "layers")
        if n.startswith("stages."):
            n = "bit.encoder." + n
        if n.startswith("norm."):
            n = "bit." + n
        if n.startswith("head.fc."):
            n = n.replace("head.fc.", "classifier.1.")
            v = v.flatten(1) if v.ndim == 4 else v
        out[n] = v
    return out


def run_timm(model, x):
    with torch.no_grad():
        h = model.stem(x)
        out = {"hidden_states.0": h}
        for i, s in enumerate(model.stages):
            h = s(h)
            out[f"hidden_states.{i + 1}"] = h
        h = model.norm(h)
        out["last_hidden_state"] = h
        out["pooler_output"] = h.mean((2, 3), keepdim=True)
        out["logits"] = model(x)
    return out


def pick_timm(seed, x):
    m = timm_model()
    for cs in range(200):
        L.fill(m, seed, tiny=False, cls_seed=cs)
        with torch.no_grad():
            if L.margin(m(x)) > 0.25:
                return m, cs
    raise RuntimeError


def hf_equivalent(m, x, expect):
    """The same weights in Hugging Face's model must give the same result (float64)."""
    from transformers import BitConfig, BitForImageClassification

    hf = BitForImageClassification(BitConfig(embedding_size=32, hidden_sizes=list(TIMM["channels"]), depths=TIMM["layers"], num_groups=32, num_labels=10))
    hf.load_state_dict(timm_to_hf(m.state_dict()))
    with torch.no_grad():
        d = float((hf.double().eval()(x.double()).logits - expect).abs().max())
    assert d < 1e-10, d
    return d


def timm_info(name, description, seed, cs, m, x, out64, notes):
    out32 = run_timm(m.float(), x)
    return {"case": name, "description": description, "class": "timm ResNetV2", "seed": seed, "classifier_seed": cs, "versions": L.versions(),
            "input_shape": list(x.shape), "notes": notes, "fp32_vs_fp64": {k: L.errs(out32[k], out64[k]) for k in out64},
            "top5": L.topk(out64["logits"]), "min_top1_margin": L.margin(out64["logits"]), "modules_stored": False}


def timm_case():
    import copy
    name = "13_timm"
    d = os.path.join(M, name)
    os.makedirs(d, exist_ok=True)
    x = L.make_input(138, (1, 3, 63, 49))
    m, cs = pick_timm(138, x)
    save_file({k: v.contiguous() for k, v in m.state_dict().items()}, os.path.join(d, "model.safetensors"), metadata={"format": "pt"})
    L.write_json(os.path.join(d, "config.json"), {
        "architecture": "resnetv2_50x1_bit", "num_classes": 10, "num_features": 128, "global_pool": "avg",
        "model_args": {"layers": TIMM["layers"], "channels": list(TIMM["channels"]), "stem_chs": TIMM["stem_chs"]},
        "pretrained_cfg": {"tag": "tiny_random", "custom_load": False, "input_size": [3, 64, 64], "fixed_input_size": False,
                           "interpolation": "bilinear", "crop_pct": 1.0, "crop_mode": "center", "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5],
                           "num_classes": 10, "pool_size": [2, 2], "first_conv": "stem.conv", "classifier": "head.fc"}})
    out64 = run_timm(copy.deepcopy(m).double(), x.double())
    gap = hf_equivalent(m, x, out64["logits"])
    L.save_golden(d, x, out64)
    L.write_json(os.path.join(d, "golden.json"), timm_info(name, "timm's tensor names and a timm-style config.json; groups 32; the head is a 1x1 convolution head.fc [10,128,1,1]", 138, cs, m, x, out64,
                 [f"the same weights in Hugging Face's BitForImageClassification differ by {gap:.1e} in float64",
                  "the layout follows from the tensors; model_args repeats it. Published timm files have no model_args."]))
    print(name, "ok, vs HF", gap)


def npz_case():
    import copy
    name = "14_bit_npz"
    d = os.path.join(M, name)
    os.makedirs(d, exist_ok=True)
    x = L.make_input(139, (1, 3, 48, 64))
    m, cs = pick_timm(139, x)
    googlenpz.write(os.path.join(d, "model.npz"), googlenpz.arrays(m.state_dict(), TIMM["layers"]))
    again = timm_model()
    again.load_pretrained(os.path.join(d, "model.npz"))  # timm's own reader must accept the file
    m64 = copy.deepcopy(again).double()
    out64 = run_timm(m64, x.double())
    gap = hf_equivalent(again, x, out64["logits"])
    orig = copy.deepcopy(m64)
    for c in orig.modules():
        if hasattr(c, "eps") and isinstance(c, torch.nn.Conv2d):
            c.eps = 1e-10
    L.save_golden(d, x, out64, {"logits_original_eps_1e-10": run_timm(orig, x.double())["logits"].float()})
    eps_gap = float((run_timm(orig, x.double())["logits"] - out64["logits"]).abs().max())
    L.write_json(os.path.join(d, "golden.json"), timm_info(name, "the original BiT .npz: names resnet/block1/unit01/a/..., kernels HWIO, norms 1-D, head kernel [1,1,128,10]; no config file", 139, cs, again, x, out64,
                 [f"the same weights in Hugging Face's BitForImageClassification differ by {gap:.1e} in float64",
                  f"the original code's standardisation epsilon is 1e-10, Hugging Face's and timm's 1e-8; here that moves the logits by {eps_gap:.1e} at most (logits_original_eps_1e-10)",
                  "in the original a projection exists only where the stride or the channel count changes; in Hugging Face every stage's first layer has one"]))
    print(name, "ok, vs HF", gap, "eps gap", eps_gap)


def hub_style_case():
    """Case 17: from an image file to the labels, with config files in the older layout that files on the hub have."""
    name = "17_end_to_end_hub_style"
    labels = ["tench, Tinca tinca", "goldfish, Carassius auratus", "great white shark", "hammerhead", "electric ray", "stingray", "cock", "hen"]
    seed = 150
    d = os.path.join(M, name)
    os.makedirs(d, exist_ok=True)
    img = os.path.join(d, "image.png")
    Image.fromarray(pictures.img_photo(83, 117, "e2e")).save(img)
    c = lean(num_labels=8, id2label=dict(enumerate(labels)), label2id={v: i for i, v in enumerate(labels)})
    pre = {"crop_size": {"height": 64, "width": 64}, "do_center_crop": True, "do_convert_rgb": True, "do_normalize": True, "do_rescale": True, "do_resize": True,
           "image_mean": [0.5, 0.5, 0.5], "image_processor_type": "BitImageProcessor", "image_std": [0.5, 0.5, 0.5], "resample": 2,
           "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 64}}
    kw = {k: v for k, v in pre.items() if k != "image_processor_type"}
    routes = processors.run_processors(img, kw)
    x = routes["pil"]
    model, cs = L.build_model(seed, c, x=x)
    model.save_pretrained(d)
    conf = json.load(open(os.path.join(d, "config.json"), encoding="utf-8"))
    for k in ("dtype", "transformers_version", "out_indices"):
        conf.pop(k, None)
    conf.update(torch_dtype="float32", transformers_version="4.26.0.dev0", layer_type="preactivation")
    L.write_json(os.path.join(d, "config.json"), conf)
    L.write_json(os.path.join(d, "preprocessor_config.json"), pre)
    os.chmod(os.path.join(d, "model.safetensors"), 0o644)
    import copy
    m64 = copy.deepcopy(model).double()
    out64, out32 = L.forward(m64, x.double()), L.forward(model, x)
    tv = L.forward(m64, routes["torchvision"].double())["logits"]
    L.save_golden(d, x, out64, {"torch_fp32.logits": out32["logits"], "pixel_values_torchvision": routes["torchvision"], "logits_torchvision": tv.float()})
    info = {"case": name, "description": "image.png -> pixel_values -> logits -> labels; config.json and preprocessor_config.json in the layout of transformers 4.26 (torch_dtype, no out_indices)",
            "class": "BitForImageClassification", "seed": seed, "classifier_seed": cs, "versions": L.versions(), "input_shape": list(x.shape),
            "notes": ["pixel_values and logits are of the PIL backend; *_torchvision of the torchvision backend (today's default of AutoImageProcessor)"],
            "fp32_vs_fp64": {k: L.errs(out32[k], out64[k]) for k in out64},
            "top5": [[{**e, "label": labels[e["index"]]} for e in row] for row in L.topk(out64["logits"])], "min_top1_margin": L.margin(out64["logits"]),
            "pixel_values_max_abs_pil_vs_torchvision": float((routes["torchvision"] - x).abs().max()),
            "logits_max_abs_pil_vs_torchvision": float((tv - out64["logits"]).abs().max()), "modules_stored": False}
    L.write_json(os.path.join(d, "golden.json"), info)
    print(name, "ok", info["pixel_values_max_abs_pil_vs_torchvision"], info["logits_max_abs_pil_vs_torchvision"])


if __name__ == "__main__":
    for sub in ("models", "preprocess", "resize"):
        shutil.rmtree(os.path.join(ROOT, sub), ignore_errors=True)
    models()
    preprocessing.preprocess(ROOT)
    preprocessing.resize(ROOT)
    for dp, _, fs in os.walk(ROOT):
        for f in fs:
            os.chmod(os.path.join(dp, f), 0o644)
