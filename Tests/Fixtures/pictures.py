"""Synthetic pictures, and a PNG writer that can be told what Pillow's cannot."""
import struct, zlib

import numpy as np

from fixturelib import u01, uni


def png_chunk(tag, data):
    return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))


def png_encode(a, color_type, depth=8, interlace=False, palette=None, trns=None, extra=(), idat_split=None, filters=(0, 1, 2, 3, 4), level=9):
    """a: (h,w) or (h,w,c) integer samples. Writes any colour type, depth, Adam7, and cycles through
    all row filters, which Pillow's own writer cannot be told to do."""
    a = np.asarray(a)
    if a.ndim == 2:
        a = a[..., None]
    h, w, c = a.shape

    def pack(rows):
        if depth == 16:
            return rows.astype(">u2").reshape(rows.shape[0], -1).view(np.uint8)
        if depth == 8:
            return rows.astype(np.uint8).reshape(rows.shape[0], -1)
        per = 8 // depth
        r = rows.reshape(rows.shape[0], -1).astype(np.uint8)
        pad = (-r.shape[1]) % per
        r = np.pad(r, ((0, 0), (0, pad))).reshape(r.shape[0], -1, per)
        out = np.zeros(r.shape[:2], np.uint8)
        for k in range(per):
            out |= r[..., k] << (8 - depth * (k + 1))
        return out

    bpp = max(1, c * depth // 8)

    def scanlines(sub):
        if 0 in sub.shape[:2]:
            return b""
        rows, out, prev = pack(sub), b"", None
        for i, row in enumerate(rows):
            row = row.astype(np.int32)
            up = np.zeros_like(row) if prev is None else prev
            left = np.concatenate([np.zeros(bpp, np.int32), row[:-bpp]])[: len(row)] if len(row) > bpp else np.zeros_like(row)
            ul = np.concatenate([np.zeros(bpp, np.int32), up[:-bpp]])[: len(row)] if len(row) > bpp else np.zeros_like(row)
            f = filters[i % len(filters)]
            if f == 0: v = row
            elif f == 1: v = row - left
            elif f == 2: v = row - up
            elif f == 3: v = row - ((left + up) >> 1)
            else:
                p = left + up - ul
                pa, pb, pc = abs(p - left), abs(p - up), abs(p - ul)
                v = row - np.where((pa <= pb) & (pa <= pc), left, np.where(pb <= pc, up, ul))
            out += bytes([f]) + (v & 255).astype(np.uint8).tobytes()
            prev = row
        return out

    if interlace:
        raw = b"".join(scanlines(a[y0::dy, x0::dx]) for x0, y0, dx, dy in
                       ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)))
    else:
        raw = scanlines(a)
    z = zlib.compress(raw, level)
    out = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, color_type, 0, 0, int(interlace)))
    for tag, data in extra:
        out += png_chunk(tag, data)
    if palette is not None:
        out += png_chunk(b"PLTE", np.asarray(palette, np.uint8).tobytes())
    if trns is not None:
        out += png_chunk(b"tRNS", bytes(trns))
    step = idat_split or len(z)
    for i in range(0, len(z), step):
        out += png_chunk(b"IDAT", z[i:i + step])
    return out + png_chunk(b"IEND", b"")


# ------------------------------------------------------------------------------ synthetic images


def img_gradient(h, w, seed="g"):
    yy, xx = np.meshgrid(np.linspace(0, 1, h), np.linspace(0, 1, w), indexing="ij")
    a = np.stack([xx, yy, 0.5 * (1 - xx) + 0.5 * yy], -1)
    return np.floor(a * 255 + 0.5).astype(np.uint8)


def img_noise(h, w, seed="n", c=3):
    return np.floor(u01(f"img/{seed}", h * w * c) * 256).astype(np.uint8).reshape(h, w, c)


def img_text(h, w, seed="t"):
    """Hard-edged 4x6 glyph-like blocks on white: the high frequencies show resampling faults."""
    bits = u01(f"img/{seed}/bits", h * w).reshape(h, w) > 0.5
    yy, xx = np.meshgrid(np.arange(h), np.arange(w), indexing="ij")
    ink = bits & (yy % 9 < 6) & (xx % 5 < 4)
    a = np.full((h, w, 3), 255, np.uint8)
    a[ink] = (10, 10, 60)
    a[(yy % 18 < 6) & ink] = (180, 0, 0)
    return a


def img_photo(h, w, seed="p"):
    """Photograph-like: 1/f noise, a shaded disc, a dark band, mild colour casts."""
    out = np.zeros((h, w, 3))
    for k in range(3):
        for o in range(5):
            n = 3 * 2 ** o
            g = uni(f"img/{seed}/{k if o > 1 else 0}/{o}", (n + 1, n + 1))
            ys, xs = np.linspace(0, n - 1e-6, h), np.linspace(0, n - 1e-6, w)
            y0, x0 = ys.astype(int), xs.astype(int)
            fy, fx = (ys - y0)[:, None], (xs - x0)[None]
            v = (g[y0][:, x0] * (1 - fy) * (1 - fx) + g[y0 + 1][:, x0] * fy * (1 - fx) + g[y0][:, x0 + 1] * (1 - fy) * fx + g[y0 + 1][:, x0 + 1] * fy * fx)
            out[..., k] += v / 1.7 ** o
    yy, xx = np.meshgrid(np.linspace(-1, 1, h), np.linspace(-1, 1, w), indexing="ij")
    r = np.sqrt((yy - 0.1) ** 2 + (xx + 0.2) ** 2)
    out = 120 + 55 * out + 60 * np.clip(0.6 - r, -0.15, 1)[..., None] * np.array([1.3, 1.0, 0.6])
    out[int(h * 0.8):] *= 0.55
    return np.clip(np.floor(out + 0.5), 0, 255).astype(np.uint8)
