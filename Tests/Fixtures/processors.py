"""The preprocessing oracle: what Hugging Face's image processors and Pillow make of pictures."""
import numpy as np
import torch
from PIL import Image
from transformers import BitImageProcessor
from transformers.image_utils import load_image
from transformers.models.bit.image_processing_pil_bit import BitImageProcessorPil


def chw(v):
    v = v[0] if isinstance(v, (list, tuple)) else v
    v = torch.as_tensor(np.array(v)) if not torch.is_tensor(v) else v
    return v[None].contiguous() if v.ndim == 3 else v.contiguous()


def run_processors(path, cfg):
    """The routes by which Hugging Face turns one file into pixel_values. Values are tensors or error strings.
      pil            PIL backend given the path (= load_image, then the PIL backend)
      torchvision    torchvision backend given load_image's PIL image (what pipeline() does)
      torchvision_path  torchvision backend given the path (its own decoder, no PIL)
      pil_opened     PIL backend given PIL.Image.open(path): alpha is composited onto white, EXIF ignored
    """
    res = {}
    routes = {"pil": lambda: BitImageProcessorPil(**cfg)(path), "torchvision": lambda: BitImageProcessor(**cfg)(load_image(path)),
              "torchvision_path": lambda: BitImageProcessor(**cfg)(path), "pil_opened": lambda: BitImageProcessorPil(**cfg)(Image.open(path))}
    for k, f in routes.items():
        try:
            res[k] = chw(f()["pixel_values"])
        except Exception as e:
            res[k] = f"{type(e).__name__}: {str(e).splitlines()[0][:200]}"
    return res


def pre_case(tensors, index, cid, path, rel, cfg, notes=None):
    r = run_processors(path, cfg)
    entry = {"id": cid, "image": rel, "preprocessor_config": cfg, "routes": {}, "notes": notes or []}
    for k, v in r.items():
        if isinstance(v, str):
            entry["routes"][k] = {"error": v}
            continue
        same = next((o for o in ("pil", "torchvision") if o != k and o in r and not isinstance(r[o], str) and
                     r[o].dtype == v.dtype and r[o].shape == v.shape and torch.equal(r[o], v)), None)
        d = None
        if not isinstance(r["pil"], str) and r["pil"].shape == v.shape:
            d = float((v.double() - r["pil"].double()).abs().max())
        entry["routes"][k] = {"shape": list(v.shape), "dtype": str(v.dtype).removeprefix("torch."), "max_abs_diff_from_pil": d}
        if same is None and k != "pil" and d is not None and d <= 1e-6:
            same = "pil"
            entry["routes"][k]["rounding_only"] = True  # the PIL tensor stands for it within 1e-6
        if v.abs().max() > 300:
            entry["routes"][k]["not_stored"] = "values out of range: torchvision decodes 16-bit PNG to 16-bit samples and nothing scales them (a fault not to be copied)"
        elif k == "pil" or same is None:
            tensors[f"{cid}.{k}"] = v
            entry["routes"][k]["tensor"] = f"{cid}.{k}"
        else:
            entry["routes"][k]["tensor"] = entry["routes"][same]["tensor"]
    index.append(entry)
    return entry


def resize_case(tensors, index, cid, a, sizes, filters):
    """Pillow's own Image.resize on 8-bit data, input and output as HWC uint8 (HW for grayscale)."""
    names = {0: "nearest", 1: "lanczos", 2: "bilinear", 3: "bicubic", 4: "box", 5: "hamming"}
    tensors[f"{cid}.in"] = torch.from_numpy(a.copy())
    for (h, w) in sizes:
        for f in filters:
            out = np.array(Image.fromarray(a).resize((w, h), resample=f))
            key = f"{cid}.{h}x{w}.{names[f]}"
            tensors[key] = torch.from_numpy(out)
            index.append({"id": key, "input": f"{cid}.in", "output": key, "resample": f, "filter": names[f], "size_hw": [h, w]})
