"""Whole processes of the peers: from nothing to labels. Arguments: what, model, folder, files …

Each imports no more than it needs, as a program that somebody wrote for speed would."""

import json
import os
import sys
import time


def pixels(file, size):
    """As the checkpoint's preprocessor_config.json says: the shorter edge scaled to `size`, the middle
    cut out, −1 … 1."""
    import numpy
    from PIL import Image
    with Image.open(file) as image:
        image = image.convert("RGB")
        width, height = image.size
        shorter = min(width, height)
        scaled = image.resize((int(size * width / shorter), int(size * height / shorter)),
                              Image.BILINEAR)
    left, top = (scaled.width - size) // 2, (scaled.height - size) // 2
    middle = scaled.crop((left, top, left + size, top + size))
    values = numpy.asarray(middle, dtype=numpy.float32) * numpy.float32(2 / 255) - numpy.float32(1)
    return numpy.ascontiguousarray(values.transpose(2, 0, 1))[None]


def onnxruntime_session(model):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = len(os.sched_getaffinity(0))
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def onnxruntime_label(model, size, files):
    session = onnxruntime_session(model)
    print(session.run(None, {"pixels": pixels(files[0], size)})[0].argmax())


def onnxruntime_folder(model, size, files):
    """Four threads of Pillow prepare batches of 8 while ONNX Runtime computes."""
    import numpy
    from concurrent.futures import ThreadPoolExecutor
    session = onnxruntime_session(model)
    batch = 8
    start = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        ready = pool.map(lambda file: pixels(file, size), files)
        for first in range(0, len(files), batch):
            images = [next(ready) for _ in files[first:first + batch]]
            for logits in session.run(None, {"pixels": numpy.concatenate(images)})[0]:
                print(logits.argmax())
    print(json.dumps({"seconds": time.perf_counter() - start}), file=sys.stderr)


def transformers_label(folder, size, files):
    from PIL import Image
    from transformers import AutoImageProcessor, BitForImageClassification
    import torch
    processor = AutoImageProcessor.from_pretrained(folder)
    model = BitForImageClassification.from_pretrained(folder).eval()
    with torch.no_grad():
        logits = model(**processor(Image.open(files[0]), return_tensors="pt")).logits
    print(model.config.id2label[int(logits.argmax())])


def pillow(_, size, files):
    """Decoding and preparing alone, on four threads."""
    from concurrent.futures import ThreadPoolExecutor
    import numpy  # noqa: F401
    from PIL import Image  # noqa: F401
    start = time.perf_counter()
    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(lambda file: pixels(file, size), files):
            pass
    print(json.dumps({"seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    what, model, size, *files = sys.argv[1:]
    globals()[what](model, int(size), files)
