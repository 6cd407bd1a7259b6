"""The cases of preprocess/ and resize/: pictures of every kind, configurations, and Pillow's resampling."""
import io, os

import fixturelib as L
import numpy as np
import pictures
import processors
import torch
from PIL import Image
from safetensors.torch import save_file

SMALL = dict(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}, resample=2, image_mean=[0.5] * 3, image_std=[0.5] * 3)


def images(folder):
    """Every image file, as (file name, note)."""
    os.makedirs(folder, exist_ok=True)
    done = []

    def put(name, data, note=""):
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)
        done.append((name, note))

    def jpg(a, mode=None, **kw):
        b = io.BytesIO()
        im = Image.fromarray(a)
        (im.convert(mode) if mode else im).save(b, "JPEG", **kw)
        return b.getvalue()

    def exif(o):
        e = Image.Exif()
        e[0x0112] = o
        return e.tobytes()

    photo, text, noise, grad = pictures.img_photo(61, 97, "a"), pictures.img_text(80, 64), pictures.img_noise(40, 40), pictures.img_gradient(48, 72)
    gray = pictures.img_photo(50, 41, "b")[..., 1]
    alpha = pictures.img_gradient(48, 72)[..., 0]
    p = pictures.png_encode
    put("rgb8_photo.png", p(photo, 2), "8-bit RGB, all five row filters")
    put("rgb8_text.png", p(text, 2), "hard edges")
    put("rgb8_noise.png", p(noise, 2, idat_split=700), "several IDAT chunks")
    put("rgb8_gradient.png", p(grad, 2, extra=[(b"gAMA", (45455).to_bytes(4, "big")), (b"tEXt", b"Comment\x00x")]), "gAMA and tEXt chunks, which have no effect on the pixels")
    put("rgba8.png", p(np.dstack([grad, alpha]), 6), "alpha: load_image DROPS it; processor(PIL.Image.open(f)) composites onto white")
    put("rgb8_trns.png", p(text, 2, trns=bytes([0, 10, 0, 10, 0, 60])), "tRNS colour key (10,10,60), the ink: load_image keeps the key, and the processor then composites onto white")
    put("gray8_trns.png", p(gray, 0, trns=bytes([0, int(gray[20, 20])])), "8-bit grayscale with a tRNS key: becomes white as in rgb8_trns.png")
    put("gray8.png", p(gray, 0), "8-bit grayscale")
    put("gray_alpha8.png", p(np.dstack([gray, pictures.img_gradient(50, 41)[..., 1]]), 4), "8-bit grayscale with alpha")
    put("gray1.png", p((gray > 120).astype(int), 0, 1), "1-bit grayscale")
    put("gray2.png", p(gray >> 6, 0, 2), "2-bit grayscale")
    put("gray4.png", p(gray >> 4, 0, 4), "4-bit grayscale")
    pal = (L.u01("palette", 768) * 256).astype(int).reshape(256, 3)
    put("palette8.png", p(gray, 3, palette=pal), "8-bit palette")
    put("palette4_trns.png", p(gray >> 4, 3, 4, palette=pal[:16], trns=bytes([0, 64, 128, 255])), "4-bit palette with tRNS alpha for 4 entries")
    put("palette4_one_transparent.png", p(gray >> 4, 3, 4, palette=pal[:16], trns=bytes([255] * 7 + [0])), "4-bit palette, exactly one fully transparent entry (7)")
    put("palette1.png", p((gray > 120).astype(int), 3, 1, palette=pal[:2]), "1-bit palette")
    g16 = (pictures.img_gradient(40, 50)[..., 1].astype(int) * 257 + (L.u01("g16", 2000) * 200).astype(int).reshape(40, 50)).clip(0, 65535)
    put("gray16.png", p(g16, 0, 16), "16-bit grayscale")
    rgb16 = (photo[:40, :50].astype(int) * 256 + (L.u01("rgb16", 6000) * 256).astype(int).reshape(40, 50, 3))
    put("rgb16.png", p(rgb16, 2, 16), "16-bit RGB")
    put("rgba16.png", p(np.dstack([rgb16, g16]), 6, 16), "16-bit RGBA")
    put("rgb8_interlaced.png", p(photo, 2, interlace=True), "Adam7")
    put("palette4_interlaced.png", p(gray[:13, :11] >> 4, 3, 4, palette=pal[:16], interlace=True), "Adam7, 4-bit palette, 11x13")
    put("exif_orientation_6.png", p(grad, 2, extra=[(b"eXIf", exif(6)[6:])]), "PNG eXIf chunk, orientation 6")
    put("1x1.png", p(np.array([[[200, 100, 50]]]), 2), "1x1")
    put("3x200.png", p(pictures.img_noise(200, 3, "slim"), 2), "3 wide, 200 high")
    put("200x3.png", p(pictures.img_noise(3, 200, "wide"), 2), "200 wide, 3 high")
    put("baseline_420.jpg", jpg(photo, quality=85, subsampling=2), "baseline, 4:2:0")
    put("baseline_422.jpg", jpg(photo, quality=85, subsampling=1), "baseline, 4:2:2")
    put("baseline_444.jpg", jpg(photo, quality=92, subsampling=0, optimize=True), "baseline, 4:4:4, optimised Huffman tables")
    put("progressive_420.jpg", jpg(photo, quality=80, subsampling=2, progressive=True), "progressive, 4:2:0")
    put("progressive_gray.jpg", jpg(gray, quality=75, progressive=True), "progressive, grayscale")
    put("gray.jpg", jpg(gray, quality=90), "baseline, grayscale")
    put("low_quality_420.jpg", jpg(text, quality=15, subsampling=2), "quality 15, 4:2:0, odd edges")
    put("restart_markers.jpg", jpg(photo, quality=85, subsampling=2, restart_marker_blocks=2), "restart markers")
    put("rgb_no_transform.jpg", jpg(photo[:40, :40], quality=90, keep_rgb=True), "RGB stored without the YCbCr transform")
    cmyk = np.dstack([255 - photo[:45, :50], (pictures.img_gradient(45, 50)[..., 0] * 0.6).astype(np.uint8)])
    b = io.BytesIO()
    Image.frombytes("CMYK", (50, 45), cmyk.tobytes()).save(b, "JPEG", quality=90)
    put("cmyk.jpg", b.getvalue(), "CMYK with varying K, Adobe marker, inverted samples")
    for o in (1, 3, 6, 8):
        put(f"exif_orientation_{o}.jpg", jpg(grad, quality=90, subsampling=0, exif=exif(o)), f"EXIF orientation {o}")
    put("1x1.jpg", jpg(np.array([[[200, 100, 50]]], np.uint8), quality=90), "1x1")
    put("3x200.jpg", jpg(pictures.img_photo(200, 3, "slim"), quality=90, subsampling=2), "3 wide, 200 high, 4:2:0")
    return done


def preprocess(root):
    d = os.path.join(root, "preprocess")
    files = images(os.path.join(d, "images"))
    decoded, tensors, index, image_index = {}, {}, [], []
    for name, note in files:
        path = os.path.join(d, "images", name)
        im = Image.open(path)
        a = np.array(processors.load_image(path))
        decoded[name] = torch.from_numpy(a)
        e = {"image": name, "note": note, "pil_mode": im.mode, "decoded_shape_hwc": list(a.shape)}
        try:
            from transformers.image_utils import load_image_as_tensor
            t = load_image_as_tensor(path).permute(1, 2, 0).numpy()
            e["torchvision_decode"] = ("same" if t.shape == a.shape and (t == a).all() else
                                       {"shape_hwc": list(t.shape), "max_diff": int(np.abs(t.astype(int) - a).max()) if t.shape == a.shape else None})
        except Exception as ex:
            e["torchvision_decode"] = {"error": str(ex).splitlines()[0][:150]}
        image_index.append(e)
        processors.pre_case(tensors, index, f"format.{name}", path, "images/" + name, SMALL)
    photo, text, wide, grad = "rgb8_photo.png", "rgb8_text.png", "rgb8_gradient.png", "rgb8_noise.png"

    def sq(n):
        return {"height": n, "width": n}

    v = [(f"resample_{n}", photo, {**SMALL, "resample": f}) for f, n in enumerate(("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming"))]
    v += [(f"text_resample_{n}", text, {**SMALL, "resample": f, "size": {"shortest_edge": 37}, "crop_size": sq(36)}) for f, n in enumerate(("nearest", "lanczos", "bilinear", "bicubic"))]
    v += [(f"enlarge_{n}", grad, {**SMALL, "resample": f, "size": {"shortest_edge": 53}, "crop_size": sq(48)}) for f, n in enumerate(("nearest", "lanczos", "bilinear", "bicubic"))]
    v += [
        ("crop_smaller_odd", photo, {**SMALL, "size": {"shortest_edge": 33}, "crop_size": sq(24)}),
        ("crop_smaller_odd_odd", text, {**SMALL, "size": {"shortest_edge": 38}, "crop_size": sq(25)}),
        ("crop_bigger_even", grad, {**SMALL, "size": {"shortest_edge": 24}, "crop_size": sq(40)}),
        ("crop_bigger_odd", grad, {**SMALL, "size": {"shortest_edge": 25}, "crop_size": sq(40)}),
        ("crop_bigger_one_side", photo, {**SMALL, "size": {"shortest_edge": 21}, "crop_size": sq(30)}),
        ("crop_bigger_one_side_odd", photo, {**SMALL, "size": {"shortest_edge": 22}, "crop_size": {"height": 31, "width": 24}}),
        ("crop_rectangle", photo, {**SMALL, "size": {"shortest_edge": 40}, "crop_size": {"height": 20, "width": 36}}),
        ("size_height_width", photo, {**SMALL, "size": {"height": 30, "width": 44}, "crop_size": {"height": 28, "width": 28}}),
        ("size_height_width_no_crop", text, {**SMALL, "size": {"height": 45, "width": 31}, "do_center_crop": False}),
        ("shortest_edge_no_crop", photo, {**SMALL, "do_center_crop": False}),
        ("shortest_and_longest_edge", photo, {**SMALL, "size": {"shortest_edge": 40, "longest_edge": 48}, "do_center_crop": False}),
        ("no_resize_crop_smaller", photo, {**SMALL, "do_resize": False, "crop_size": sq(48)}),
        ("no_resize_crop_bigger", grad, {**SMALL, "do_resize": False, "crop_size": sq(45)}),
        ("no_resize_no_crop", grad, {**SMALL, "do_resize": False, "do_center_crop": False}),
        ("no_rescale", photo, {**SMALL, "do_rescale": False}),
        ("no_normalize", photo, {**SMALL, "do_normalize": False}),
        ("no_rescale_no_normalize", photo, {**SMALL, "do_rescale": False, "do_normalize": False}),
        ("rescale_1_127.5", photo, {**SMALL, "rescale_factor": 1 / 127.5}),
        ("mean_std_per_channel", photo, {**SMALL, "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}),
        ("class_defaults", photo, {"size": {"shortest_edge": 32}, "crop_size": 32}),
        ("legacy_integers", photo, {**SMALL, "size": 34, "crop_size": 32}),
        ("already_right_size", "rgb8_noise.png", {**SMALL, "size": {"shortest_edge": 40}, "crop_size": sq(40)}),
    ]
    for cid, img, c in v:
        processors.pre_case(tensors, index, f"config.{cid}", os.path.join(d, "images", img), "images/" + img, c)
    save_file(decoded, os.path.join(d, "decoded.safetensors"))
    save_file(tensors, os.path.join(d, "golden.safetensors"))
    L.write_json(os.path.join(d, "cases.json"), {"versions": L.versions(), "images": image_index, "cases": index})
    for e in image_index:
        if e["torchvision_decode"] != "same":
            print("decode differs:", e["image"], e["pil_mode"], e["torchvision_decode"])
    for e in index:
        print(e["id"], {k: r.get("error") or (r["shape"][1:], r["max_abs_diff_from_pil"]) for k, r in e["routes"].items()})


def resize(root):
    d = os.path.join(root, "resize")
    os.makedirs(d, exist_ok=True)
    tensors, index = {}, []
    allf = (0, 1, 2, 3, 4, 5)
    processors.resize_case(tensors, index, "photo", pictures.img_photo(53, 71, "r"), [(24, 32), (17, 17), (53, 30)], allf)
    processors.resize_case(tensors, index, "text", pictures.img_text(45, 36, "r"), [(32, 26), (60, 48)], allf)
    processors.resize_case(tensors, index, "noise_gray", pictures.img_noise(31, 29, "r", 1)[..., 0], [(15, 14), (40, 61), (1, 1)], allf)
    processors.resize_case(tensors, index, "one_pixel", np.array([[[7, 130, 255]]], np.uint8), [(5, 4)], allf)
    processors.resize_case(tensors, index, "slim", pictures.img_noise(90, 3, "rs"), [(60, 2), (180, 6)], (0, 1, 2, 3))
    processors.resize_case(tensors, index, "extremes", np.where(pictures.img_noise(24, 24, "x") > 127, 255, 0).astype(np.uint8), [(36, 36), (11, 13)], (1, 2, 3))
    save_file(tensors, os.path.join(d, "golden.safetensors"))
    L.write_json(os.path.join(d, "cases.json"), {"versions": L.versions(), "cases": index})
