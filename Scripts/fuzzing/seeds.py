"""Seeds: the fixtures of each kind that are small enough, and sound files that they lack."""

import io
import json
import pickle
import struct
import zipfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests/Fixtures"
# What is larger costs more time than it finds.
BYTE_LIMIT = 8192


def write(target, folder):
    """Writes a target's seeds into a folder."""
    for number, content in enumerate(BY_TARGET[target]()):
        if len(content) <= BYTE_LIMIT:
            (folder / f"seed-{number:03}").write_bytes(content)


def fixtures(*patterns):
    paths = sorted({path for pattern in patterns for path in FIXTURES.glob(pattern)})
    return [path.read_bytes() for path in paths if path.stat().st_size <= BYTE_LIMIT]


def safetensors():
    def file(table, byte_count):
        header = json.dumps(table).encode()
        return struct.pack("<Q", len(header)) + header + bytes(range(byte_count))

    yield file({}, 0)
    yield file({"__metadata__": {"format": "pt"}, **tensor("a", "F32", [2, 3], 0, 24)}, 24)
    types = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "U8": 1, "BOOL": 1, "F8_E4M3": 1}
    table, end = {}, 0
    for name, size in types.items():
        table |= tensor(name, name, [2], end, end + 2 * size)
        end += 2 * size
    yield file(table, end)
    yield file({**tensor("scalar", "F32", [], 0, 4), **tensor("none", "F16", [3, 0], 4, 4)}, 4)
    yield file(tensor("bit.embedder.convolution.weight", "F32", [1, 1, 2, 2], 0, 16), 16)


def tensor(name, dtype, shape, begin, end):
    return {name: {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}}


class Pipe(io.BytesIO):
    """Where zipfile cannot go back, so that it writes sizes behind what they are of."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise io.UnsupportedOperation

    tell = seek


def archive(members, compression=zipfile.ZIP_DEFLATED, wide=False, comment=b"", to=None):
    file = to or io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as opened:
        for name, content in members.items():
            with opened.open(name, "w", force_zip64=wide) as member:
                member.write(content)
        opened.comment = comment
    return file.getvalue()


def zip():
    members = {"a": b"aaaaaaaaaa" * 20, "b/größe": bytes(range(64)), "empty": b""}
    for compression in zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED:
        for wide in False, True:
            yield archive(members, compression, wide)
        yield archive(members, compression, to=Pipe())
    yield archive({})
    yield archive({"x": b"y"}, comment=b"PK\5\6" + bytes(30))
    yield archive({"zeros": bytes(1 << 16)})
    yield wide_end(archive({"x": b"y"}))
    yield from fixtures("torch/*.pt", "forms/*/*.npz")


def wide_end(content):
    """The archive with a zip64 end record."""
    body, end = content[:-22], content[-22:]
    entries, size, offset = struct.unpack("<HII", end[10:20])
    record = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, entries, entries, size, offset)
    locator = struct.pack("<IIQI", 0x07064B50, 0, len(body), 1)
    return body + record + locator + end


def torch():
    yield from fixtures("torch/*.pt", "torch/*.bin", "torch/*.tar")
    for path in sorted(FIXTURES.glob("torch/protocol-*")):
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as opened:
                yield from (opened.read(n) for n in opened.namelist() if n.endswith("data.pkl"))
    plain = [None, True, 1, -300, 1 << 40, 1 << 90, 1.5, "text", b"bytes", (1, 2, 3, 4), {"a": 1}]
    plain.append({"set": {1, 2}, "frozen": frozenset([3]), "array": bytearray(b"x")})
    plain.append(plain[-1])
    for protocol in range(6):
        yield pickle.dumps(plain, protocol)
        yield state(protocol)


def state(protocol):
    """A state dictionary of tensors in the storages that the target puts beside it."""

    class Global:
        def __init__(self, module, name):
            self.path = module, name

    class Call:
        def __init__(self, function, *arguments):
            self.function, self.arguments = function, arguments

    class Storage:
        def __init__(self, kind, key, count):
            self.kind, self.key, self.count = kind, key, count

    # The pure Python pickler is asked what to write for each of the three.
    class Pickler(pickle._Pickler):
        def persistent_id(self, value):
            if isinstance(value, Storage):
                kind = Global("torch", value.kind)
                return "storage", kind, value.key, "cpu", value.count
            return None

        def save(self, value, save_persistent_id=True):
            if isinstance(value, Global):
                self.write(b"c" + "\n".join(value.path).encode() + b"\n")
            elif isinstance(value, Call):
                self.save(value.function)
                self.save(value.arguments)
                self.write(pickle.REDUCE)
            elif isinstance(value, Storage) and self.proto == 0:
                self.save(self.persistent_id(value), save_persistent_id=False)
                self.write(pickle.BINPERSID)
            else:
                super().save(value, save_persistent_id)

    def tensor(kind, key, count, offset, shape, strides, *more):
        function = Global("torch._utils", "_rebuild_tensor_v2")
        hooks = Call(Global("collections", "OrderedDict"))
        storage = Storage(kind, key, count)
        return Call(function, storage, offset, shape, strides, False, hooks, *more)

    whole = tensor("FloatStorage", "0", 16, 0, (4, 4), (4, 1))
    tensors = {
        "module.conv.weight": whole,
        "turned": tensor("FloatStorage", "0", 16, 0, (4, 4), (1, 4)),
        "repeated": tensor("FloatStorage", "0", 16, 3, (5, 2), (0, 2)),
        "double": tensor("DoubleStorage", "1", 3, 0, (3,), (1,)),
        "scalar": tensor("FloatStorage", "0", 16, 5, (), ()),
        "parameter": Call(
            Global("torch._utils", "_rebuild_parameter"), whole, True,
            Call(Global("collections", "OrderedDict"))),
        "negated": tensor("FloatStorage", "0", 16, 0, (2,), (1,), {"neg": True}),
        "whole": Call(
            Global("torch._utils", "_rebuild_tensor_v3"), Storage("UntypedStorage", "0", 64), 0,
            (16,), (1,), False, Call(Global("collections", "OrderedDict")),
            Global("torch", "float32")),
    }
    file = io.BytesIO()
    content = {"epoch": 3, "args": None, "state_dict": tensors} if protocol % 2 else tensors
    Pickler(file, protocol).dump(content)
    return file.getvalue()


def npy():
    def array(text, count, version=1):
        header = text.encode() + b" " * (-len(text) % 64) + b"\n"
        size = struct.pack("<H" if version == 1 else "<I", len(header))
        return b"\x93NUMPY" + bytes([version, 0]) + size + header + bytes(range(count))

    def text(descr, shape, fortran=False):
        return f"{{'descr': {descr!r}, 'fortran_order': {fortran}, 'shape': {shape}, }}"

    for number, (descr, size) in enumerate(
            [("<f4", 4), (">f4", 4), ("<f8", 8), ("<f2", 2), ("|V2", 2), ("=f4", 4), ("<i8", 8)]):
        for fortran in False, True:
            yield array(text(descr, (2, 3), fortran), 6 * size, 1 + number % 3)
    yield array(text("<f4", (2, 1, 3, 2)), 48)
    yield array(text("<f4", (2, 1, 3, 2), True), 48)
    yield array(text("<f4", ()), 4)
    yield array(text("<f4", "(5L,)"), 20)
    yield array(text("<f4", (3, 0)), 0)
    yield array(text("|O", (1,)), 8)


def config():
    yield from fixtures("*/*/config.json", "*/*/preprocessor_config.json")
    yield b'{"model_type": "bit", "architectures": ["BitBackbone"], "out_features": ["stem", "stage2"]}'
    yield b'{"model_type": "bit", "architectures": ["BitBackbone"], "out_indices": [-1, 0]}'
    yield b'{"model_type": "bit", "num_labels": 3, "problem_type": "regression", "width_factor": 2}'
    yield b'{"size": {"height": 4, "width": 5}, "crop_size": 3, "do_pad": true, "pad_size": 9}'
    yield b'{"size": {"max_height": 4, "max_width": 5}, "do_center_crop": null, "image_mean": 0.5}'
    yield b'{"size": {"shortest_edge": 8, "longest_edge": 9}, "crop_size": {"height": 3, "width": 7}}'
    timm = {
        "architecture": "resnetv2_50x1_bit", "num_classes": 2, "global_pool": "avg",
        "label_names": ["n1", "n2"], "label_descriptions": {"n1": "cat"},
        "model_args": {"output_stride": 32, "act_layer": "relu", "in_chans": 3, "drop_rate": None},
        "pretrained_cfg": {
            "input_size": [3, 8, 6], "interpolation": "bilinear", "crop_pct": 0.9,
            "crop_mode": "border", "mean": [0.5] * 3, "std": [0.5] * 3}}
    for mode in "border", "squash", "center":
        timm["pretrained_cfg"]["crop_mode"] = mode
        yield json.dumps(timm).encode()
    yield json.dumps(
        timm | {"label_names": {"0": "a", "1": "b"}} | timm.pop("pretrained_cfg")).encode()
    for name in "resnetv2_50d_gn", "resnetv2_50", "resnet50", "resnetv2_50d_evos":
        yield json.dumps({"architecture": name}).encode()


def index():
    yield from fixtures("*/*/*.index.json")
    yield b'{"metadata": {"total_size": 8}, "weight_map": {"a": "one.safetensors", "b": "two.bin"}}'
    for name in "../x", "/x", "", ".", "a/b", "a\\u0000", "x" * 256, "\\\\x", "gr\\u00f6\\u00dfe":
        yield b'{"weight_map": {"a": "%s"}}' % name.encode()


def image():
    yield from fixtures("preprocess/images/*")
    for color, samples in (0, 1), (2, 3), (4, 2), (6, 4):
        for depth in 8, 16:
            for interlaced in 0, 1:
                yield png(color, depth, samples, interlaced)


# Of Adam7's passes in 5 x 4 pixels, the columns and rows.
PASSES = [(1, 1), (1, 1), (2, 1), (1, 1), (3, 1), (2, 2), (5, 2)]


def png(color, depth, samples, interlaced, chunks=()):
    passes = PASSES if interlaced else [(5, 4)]
    rows = [b"\x01" + bytes(i * 3 % 256 for i in range(w * samples * depth // 8))
            for w, h in passes for _ in range(h)]
    header = struct.pack(">IIBBBBB", 5, 4, depth, color, 0, 0, interlaced)
    chunks = [("IHDR", header), *chunks, ("IDAT", zlib.compress(b"".join(rows))), ("IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(n, c) for n, c in chunks)


def chunk(name, content):
    body = name.encode() + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def exif():
    yield from fixtures("preprocess/images/exif*", "preprocess/images/*t*.png")
    blobs = []
    for order in "<", ">":
        mark = b"II" if order == "<" else b"MM"
        for kind, code in ("H", 3), ("I", 4), ("h", 8), ("i", 9), ("Q", 5):
            for count in 1, 3:
                size = struct.calcsize(order + kind)
                value = struct.pack(order + kind, 6) * count
                place = value.ljust(4, b"\0") if size * count <= 4 else struct.pack(order + "I", 38)
                entry = struct.pack(order + "HHI", 0x0112, code, count) + place
                other = struct.pack(order + "HHII", 0x0100, 4, 1, 7)
                head = mark + struct.pack(order + "HIH", 42, 8, 2)
                blobs.append(head + other + entry + struct.pack(order + "I", 0) + value)
    yield from blobs
    yield b"Exif\0\0Exif\0\0" + blobs[0]
    packets = b'<x tiff:Orientation="6"/>', b"<tiff:Orientation>8</tiff:Orientation>"
    yield from packets
    profile = b"\nexif\n%8d\n%s\n" % (len(blobs[0]), blobs[0].hex().encode())
    texts = [
        ("eXIf", blobs[0]), ("tEXt", b"Raw profile type exif\0" + profile),
        ("zTXt", b"Raw profile type exif\0\0" + zlib.compress(profile)),
        ("iTXt", b"XML:com.adobe.xmp\0\0\0en\0\0" + packets[0]),
        ("iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(packets[1]))]
    for text in texts:
        yield png(2, 8, 3, 0, [text])
        yield chunk(*text)
    for color, key in (0, b"\0\x09"), (2, b"\0\1\0\2\0\3"), (3, b"\xff\0\xff"):
        yield png(color, 8, 1, 0, [("PLTE", bytes(range(9))), ("tRNS", key)])
        yield png(color, 16, 2, 0, [("tRNS", key)])
    app1 = b"Exif\0\0" + blobs[0], b"http://ns.adobe.com/xap/1.0/\0" + packets[0]
    for content in app1:
        yield b"\xff\xd8\xff\xe1" + struct.pack(">H", len(content) + 2) + content + b"\xff\xd9"
    for name, content in (b"EXIF", blobs[0]), (b"XMP ", packets[0]):
        body = b"WEBP" + name + struct.pack("<I", len(content)) + content
        yield b"RIFF" + struct.pack("<I", len(body)) + body


BY_TARGET = {
    "safetensors": safetensors, "zip": zip, "torch": torch, "npy": npy, "config": config,
    "index": index, "image": image, "exif": exif}
