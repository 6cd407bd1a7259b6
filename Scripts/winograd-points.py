#!/usr/bin/env python3
"""The rounding error of Winograd's F(4x4, 3x3) by its points 0, ±a, ±b and infinity, and of F(3x3, 3x3) by some of
them, in single precision, beside that of the direct sum: the figures in Kernels/conv2d_winograd.cl. Needs numpy.

Layers of random values as a network has them: normalised and rectified inputs, standardised kernels. Errors
are parts of the largest output: the largest one, and the root of the mean square.
"""

import itertools

import numpy

SIDE = 16  # outputs along one side
TAPS = 3
KERNELS = 32


def matrices(points):
    """A, G and B as the kernel has them, infinity besides the points: A holds the divisors, so that G and B are
    exact."""
    patch = len(points) + 1
    outputs = patch + 1 - TAPS
    others = [[q for q in points if q != p] for p in points]
    distances = [numpy.prod([p - q for q in rest]) for p, rest in zip(points, others)]
    A, G, B = (numpy.zeros((patch, n)) for n in (outputs, TAPS, patch))
    for i, p in enumerate(points):
        A[i] = numpy.power(float(p), range(outputs)) / distances[i]
        G[i] = numpy.power(float(p), range(TAPS))
        B[i, :patch - 1] = numpy.poly(others[i])[::-1]
    A[-1, -1] = G[-1, -1] = 1
    B[-1] = numpy.poly(points)[::-1]
    return A, G, B


def layer(channels):
    random = numpy.random.default_rng(0)
    x = numpy.maximum(random.normal(size=(channels, SIDE + 2, SIDE + 2)), 0)
    w = random.normal(size=(KERNELS, channels, TAPS, TAPS))
    axes = (1, 2, 3)
    w = (w - w.mean(axes, keepdims=True)) / w.std(axes, keepdims=True) / numpy.sqrt(9 * channels)
    return x.astype("f4"), w.astype("f4")


def direct(x, w, kind):
    """Term by term, as the direct kernel sums."""
    total = numpy.zeros((SIDE, SIDE, KERNELS), kind)
    for c, i, j in itertools.product(range(len(x)), range(TAPS), range(TAPS)):
        window = x[c, i:i + SIDE, j:j + SIDE].astype(kind)
        total += window[:, :, None] * w[:, c, i, j].astype(kind)
    return total


def winograd(x, w, points):
    A, G, B = matrices(points)
    patch, outputs = A.shape
    U = numpy.einsum("ip,kcpq,jq->ijck", G, w.astype("f8"), G).astype("f4")
    A, B = A.astype("f4"), B.astype("f4")
    starts = range(0, SIDE, outputs)
    x = numpy.pad(x, ((0, 0), (0, outputs), (0, outputs)))
    V = numpy.stack([x[:, r:r + patch, s:s + patch] for r in starts for s in starts])
    V = numpy.einsum("jq,scpq->scpj", B, numpy.einsum("ip,scpq->sciq", B, V))
    sums = numpy.zeros((patch, patch, len(V), KERNELS), "f4")
    for c in range(len(x)):
        sums += V[:, c].transpose(1, 2, 0)[..., None] * U[:, :, c][:, :, None]
    rows = numpy.einsum("ia,ijsk->ajsk", A, sums)
    squares = numpy.einsum("jb,ajsk->abks", A, rows)
    count = len(starts)
    squares = squares.reshape(outputs, outputs, KERNELS, count, count).transpose(3, 0, 4, 1, 2)
    return squares.reshape(count * outputs, count * outputs, KERNELS)[:SIDE, :SIDE]


def errors(found, truth):
    difference = numpy.abs(found - truth) / numpy.abs(truth).max()
    return f"{difference.max():.1e}, {numpy.sqrt((difference ** 2).mean()):.1e}"


def main():
    chosen = [(0.75, 1.5), (1, 2), (0.5, 1), (0.625, 1.5), (0.6875, 1.5), (0.5 ** 0.5, 2 ** 0.5)]
    for channels in (64, 256):
        x, w = layer(channels)
        truth = direct(x, w, "f8")
        print(f"{channels} channels      direct: {errors(direct(x, w, 'f4'), truth)}")
        for a, b in chosen:
            for points in ((0, a, -a, b, -b), (0, a, -a, b), (0, b, -b, a)):
                outputs = len(points) - 1
                words = ", ".join(f"{p:g}" for p in points)
                print(f"  F({outputs}x{outputs}) {words}: {errors(winograd(x, w, points), truth)}")


if __name__ == "__main__":
    main()
