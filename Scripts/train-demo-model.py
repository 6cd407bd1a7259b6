#!/usr/bin/env python3
"""Trains the bundled demo model and writes DemoModel/ and Samples/.

The model is transformers' own BitForImageClassification with pre-activation blocks, trained on
the UCI handwritten digits that come with scikit-learn, so nothing is downloaded. Two runs on one
machine with the same package versions write the same bytes; other processors and versions round
differently and may move the accuracy by a few tenths of a percent.

Requirements: Python 3.11 or later and the packages below (the versions that made the files).

    python3 -m venv .venv
    .venv/bin/pip install torch==2.15.0 torchvision==0.29.2 transformers==5.23.0 \\
        safetensors==0.8.0 scikit-learn==1.9.1 numpy==2.4.6 pillow==13.0.0
    .venv/bin/python Scripts/train-demo-model.py

`--split contiguous --evaluate-only` repeats the card's second figure: the last fifth of the data
set, most of it from writers whom the training part does not contain.
"""

import argparse
import os
from pathlib import Path
from string import Template

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import torch
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from transformers import BitConfig, BitForImageClassification
from transformers.models.bit.image_processing_pil_bit import BitImageProcessorPil

SEED = 20240229
THREADS = 2  # the order of float additions, and so the bytes of the result, depend on it
EPOCHS = 40
BATCH_SIZE = 64
PEAK_LEARNING_RATE = 3e-3
WEIGHT_DECAY = 0.02
MARGIN = 1  # pixels of paper added around the data set's 8x8, which the ink often touches
RENDERED_SIDE = 96  # pixels of a rendered digit; the preprocessor brings it to INPUT_SIDE
INPUT_SIDE = 32
HELD_OUT = 360  # of 1797 images
SAMPLES_PER_DIGIT = 2

ROOT = Path(__file__).resolve().parent.parent


def main():
    arguments = parse_arguments()
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(SEED)

    digits = load_digits()
    train, held_out = split(digits.target, arguments.split)
    processor = make_processor()
    model = BitForImageClassification(make_configuration())
    fit(model, processor, digits.images[train], digits.target[train])

    papers = [render(digits.images[i]) for i in held_out]
    correct = count_correct(model, processor, papers, digits.target[held_out])
    inverted = [Image.fromarray(255 - np.asarray(p)) for p in papers]
    correct_inverted = count_correct(model, processor, inverted, digits.target[held_out])
    print(f"{arguments.split} split, held out: {correct} of {len(held_out)} correct")
    print(f"the same, light ink on dark paper: {correct_inverted} of {len(held_out)} correct")
    if arguments.evaluate_only:
        return

    output = Path(arguments.output)
    write_samples(output / "Samples", digits, held_out)
    write_model(output / "DemoModel", model, processor)
    write_card(output / "DemoModel", model, correct, correct_inverted)


def parse_arguments():
    parser = argparse.ArgumentParser(description="Trains the bundled demo model.")
    parser.add_argument("--split", choices=["stratified", "contiguous"], default="stratified")
    parser.add_argument("--evaluate-only", action="store_true", help="write no file")
    parser.add_argument("--output", default=ROOT, help="folder to write to (default: this project)")
    arguments = parser.parse_args()
    if arguments.split == "contiguous" and not arguments.evaluate_only:
        parser.error("the card describes the stratified split: add --evaluate-only")
    return arguments


def split(labels, kind):
    """Indices of the training part and of the held-out part, both in the data set's order."""
    indices = np.arange(len(labels))
    if kind == "contiguous":
        return indices[:-HELD_OUT], indices[-HELD_OUT:]
    train, held_out = train_test_split(
        indices, test_size=HELD_OUT, stratify=labels, random_state=SEED)
    return np.sort(train), np.sort(held_out)


def make_processor():
    """Pillow's backend: the arithmetic that preprocessor_config.json stands for here."""
    return BitImageProcessorPil(
        size={"shortest_edge": INPUT_SIDE},
        crop_size={"height": INPUT_SIDE, "width": INPUT_SIDE},
        resample=Image.Resampling.BILINEAR,
        image_mean=[0.5] * 3, image_std=[0.5] * 3)


def make_configuration():
    names = [f"digit {i}" for i in range(10)]
    return BitConfig(
        embedding_size=16, hidden_sizes=[64, 128, 192], depths=[1, 2, 1], num_groups=8,
        layer_type="preactivation", hidden_act="relu",
        id2label=dict(enumerate(names)), label2id={name: i for i, name in enumerate(names)})


def render(pixels):
    """8x8 ink counts (0 to 16, as the data set has them) as dark ink on light paper."""
    paper = np.round(255 - np.pad(pixels, MARGIN) * (255 / 16)).astype(np.uint8)
    return Image.fromarray(paper).resize((RENDERED_SIDE, RENDERED_SIDE), Image.Resampling.BICUBIC)


def augment(paper, random):
    """Moves, scales, rotates and shears within what handwriting shows; inverts every other one."""
    scale = np.exp(random.uniform(np.log(0.8), np.log(1.4)))  # above 1 the digit gets smaller
    angle, shear = np.deg2rad(random.uniform(-12, 12)), random.uniform(-0.15, 0.15)
    matrix = scale * np.array([
        [np.cos(angle), np.sin(angle) + shear], [-np.sin(angle), np.cos(angle)]])
    centre = np.array([RENDERED_SIDE / 2] * 2)
    shift = random.uniform(-0.1, 0.1, 2) * RENDERED_SIDE
    offset = centre - matrix @ (centre + shift)
    moved = paper.transform(
        paper.size, Image.Transform.AFFINE, (*matrix[0], offset[0], *matrix[1], offset[1]),
        resample=Image.Resampling.BILINEAR, fillcolor=255)
    ink_on_paper = np.asarray(moved, np.float64)
    contrast, brightness = random.uniform(0.6, 1.0), random.uniform(0, 1)
    toned = ink_on_paper * contrast + 255 * (1 - contrast) * brightness
    if random.random() < 0.5:
        toned = 255 - toned
    return Image.fromarray(np.round(toned).astype(np.uint8))


def tensor_of(processor, images):
    """[count, 3, INPUT_SIDE, INPUT_SIDE], by the preprocessing that ships with the model."""
    return processor([image.convert("RGB") for image in images], return_tensors="pt").pixel_values


def fit(model, processor, pixels, labels):
    random = np.random.default_rng(SEED)
    papers = [render(p) for p in pixels]
    labels = torch.from_numpy(labels)
    steps = EPOCHS * -(-len(papers) // BATCH_SIZE)
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_LEARNING_RATE, total_steps=steps)
    model.train()
    for epoch in range(EPOCHS):
        total = 0.0
        for batch in np.array_split(random.permutation(len(papers)), steps // EPOCHS):
            x = tensor_of(processor, [augment(papers[i], random) for i in batch])
            loss = torch.nn.functional.cross_entropy(model(x).logits, labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(batch)
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {total / len(papers):.4f}", flush=True)
    model.eval()


@torch.no_grad()
def count_correct(model, processor, images, labels):
    answers = model(tensor_of(processor, images)).logits.argmax(-1).numpy()
    return int((answers == labels).sum())


def write_samples(folder, digits, held_out):
    """The first held-out images of each digit, whether the model is right about them or not."""
    folder.mkdir(parents=True, exist_ok=True)
    for digit in range(10):
        chosen = [i for i in held_out if digits.target[i] == digit][:SAMPLES_PER_DIGIT]
        for letter, i in zip("abcdefghij", chosen):
            render(digits.images[i]).save(folder / f"digit-{digit}-{letter}.png", optimize=True)


def write_model(folder, model, processor):
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def write_card(folder, model, correct, correct_inverted):
    template = Template((ROOT / "Scripts" / "demo-model-card.md").read_text(encoding="utf-8"))
    card = template.substitute(
        parameters=f"{model.num_parameters():,}",
        kilobytes=round((folder / "model.safetensors").stat().st_size / 1000),
        held_out=HELD_OUT, correct=correct, correct_inverted=correct_inverted,
        accuracy=f"{correct / HELD_OUT:.4f}",
        percent=f"{100 * correct / HELD_OUT:.1f}",
        percent_inverted=f"{100 * correct_inverted / HELD_OUT:.1f}")
    (folder / "README.md").write_text(card, encoding="utf-8")


if __name__ == "__main__":
    main()
