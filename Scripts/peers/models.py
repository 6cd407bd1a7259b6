"""One set of weights for all: what `bitcl convert` writes of a random model, and the same with its
convolutions standardised once, as an ONNX file."""

import os
import pathlib
import shutil
import subprocess
import sys


class Models:
    def __init__(self, bitcl, folder):
        self.bitcl = bitcl
        self.folder = pathlib.Path(folder)

    def checkpoint(self, member, size):
        """A folder that transformers and bitcl load."""
        folder = self.folder / f"{member}@{size}"
        if not (folder / "config.json").exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([self.bitcl, "convert", "-q", f"random:{member}@{size}", folder],
                           check=True)
        return folder

    def onnx(self, member):
        """Sizes and batches are free."""
        file = self.folder / f"{member}.onnx"
        if not file.exists():
            # In a process of its own: what PyTorch takes is given back, and what it says is not ours.
            partial = file.with_suffix(".part")
            subprocess.run([sys.executable, "-W", "ignore", "-m", "peers.models",
                            self.checkpoint(member, 224), partial], check=True,
                           stderr=None if os.environ.get("BENCH_PEERS_VERBOSE")
                           else subprocess.DEVNULL)
            partial.rename(file)
        return file


def load(folder):
    from transformers import BitForImageClassification
    return BitForImageClassification.from_pretrained(folder).eval()


def fold(module):
    """Weight standardisation is a function of the weights alone: it need not be computed again for
    each image. In double precision, as `WeightStandardizedConv2d` defines it."""
    import torch
    from transformers.models.bit.modeling_bit import WeightStandardizedConv2d
    for name, child in module.named_children():
        if not isinstance(child, WeightStandardizedConv2d):
            fold(child)
            continue
        weights = child.weight.data.double()
        mean = weights.mean((1, 2, 3), keepdim=True)
        variance = weights.var((1, 2, 3), keepdim=True, unbiased=False)
        plain = torch.nn.Conv2d(child.in_channels, child.out_channels, child.kernel_size,
                                child.stride, child.padding, bias=False)
        plain.weight.data = ((weights - mean) / torch.sqrt(variance + child.eps)).float()
        setattr(module, name, plain)


def export(folder, file):
    import torch

    class Logits(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, pixels):
            return self.model(pixels).logits

    model = load(folder)
    fold(model)
    torch.onnx.export(Logits(model), (torch.randn(1, 3, 224, 224),), file, input_names=["pixels"],
                      output_names=["logits"], dynamo=False,
                      dynamic_axes={"pixels": {0: "n", 2: "h", 3: "w"}, "logits": {0: "n"}})


if __name__ == "__main__":
    export(sys.argv[1], sys.argv[2])
