"""What is measured. Each function takes a session and makes rows of one kind; the key of a row says
all that it depends on."""

import contextlib
import json
import os
import sys
import tempfile

import numpy

from . import client, images
from .client import Bitcl, Failure, Peer, run
from .once import pixels as once_pixels

# What a sound Float implementation may be off by, relative to the largest logit: the limit of the
# fixtures' goldens, or so many times what PyTorch's own Float is off by, as for goldens whose network
# enlarges rounding. R152x2 with random weights does: PyTorch is off by 3.7e-5.
TOLERANCE = 2e-5
TIMES_PYTORCH = 2

PEERS = {
    "latency": ["openvino-latency", "onnxruntime", "transformers", "transformers-compiled"],
    "throughput": ["openvino-batch", "openvino-requests", "onnxruntime", "transformers",
                   "transformers-compiled"],
}


def chosen(session, peers):
    names = {"openvino": "openvino", "onnxruntime": "onnxruntime", "transformers": "transformers",
             "compiled": "transformers-compiled"}
    return [peer for peer in peers
            if any(peer == names[wanted] or wanted == "openvino" and peer.startswith("openvino")
                   for wanted in session.peers)]


def contenders(session, member, size, kinds, stack):
    folder = session.models.checkpoint(member, size)
    model = session.models.onnx(member)
    yield from (Bitcl(session.bitcl, device, folder) for device in session.devices)
    for kind in kinds:
        yield stack.enter_context(Peer(kind, model, folder, session.threads))


def check_agreement(session, member, kinds):
    """All compute the same: logits of one image beside those of transformers in double precision.
    What does not is no peer, and the row fails."""
    if member in session.agreeing:
        return
    pixels = numpy.random.default_rng(2).uniform(-1, 1, (1, 3, 224, 224)).astype("float32")
    with contextlib.ExitStack() as stack:
        def transformers(kind):
            return stack.enter_context(
                Peer(kind, session.models.onnx(member), session.models.checkpoint(member, 224),
                     session.threads)).logits(pixels)

        truth = transformers("transformers-double")
        largest = numpy.abs(truth).max()
        pytorch = float(numpy.abs(transformers("transformers") - truth).max() / largest)
        limit = max(TOLERANCE, TIMES_PYTORCH * pytorch)
        session.say(f"  PyTorch's Float: off by {pytorch:.1e}; {limit:.1e} of the largest logit is allowed")
        for contender in contenders(session, member, 224, kinds, stack):
            error = float(numpy.abs(contender.logits(pixels) - truth).max() / largest)
            session.say(f"  {contender.kind}: off by {error:.1e} of the largest logit")
            if not error <= limit:
                raise Failure(f"{contender.kind} does not compute {member}: it is off by {error:.1e}"
                              f" of the largest logit, and {limit:.1e} is allowed")
    session.agreeing.add(member)


def alternate(session, row, contenders, shape):
    """Rounds in which each has its turn, every round beginning with another one."""
    values = {contender.kind: [] for contender in contenders}
    for number in range(session.rounds):
        turn = number % len(contenders)
        for contender in contenders[turn:] + contenders[:turn]:
            values[contender.kind].append(contender.measure(shape, session.seconds))
    session.add(row, values, contenders)


def timed(session, scenario, member, height, width, batch):
    kinds = chosen(session, PEERS[scenario])
    check_agreement(session, member, kinds)
    with contextlib.ExitStack() as stack:
        entries = list(contenders(session, member, 224, kinds, stack))
        alternate(session, f"{scenario} {member} {height}x{width} {batch}", entries,
                  (batch, 3, height, width))


def latency(session):
    for member in session.members:
        for size in session.sizes if member == "R50x1" else [min(session.sizes)]:
            timed(session, "latency", member, size, size, 1)


def throughput(session):
    for size in session.sizes:
        for batch in session.batches:
            timed(session, "throughput", "R50x1", size, size, batch)


def sizes(session):
    """Ours alone: the rate in GFLOP/s beside that at 224."""
    shapes = [(224, 224), (160, 160), (256, 256), (384, 384), (480, 480), (500, 375)]
    folder = session.models.checkpoint("R50x1", 224)
    for device in session.devices:
        bitcl = Bitcl(session.bitcl, device, folder)
        for batch in (1, 3):
            values = {f"{height}x{width}": [] for height, width in shapes}
            for _ in range(session.rounds):
                for height, width in shapes:
                    report = bitcl.timed((batch, 3, height, width), session.seconds, "--no-peak")
                    values[f"{height}x{width}"].append(report["gflop_per_second"])
            session.add(f"sizes R50x1 {device} {batch}", values, [bitcl])


def peak(session):
    """Ours alone: the share of the better of the two loops."""
    bitcl = Bitcl(session.bitcl, "opencl", session.models.checkpoint("R50x1", 224))
    for size, batch in ((224, 8), (448, 1)):
        values = {"share": []}
        for _ in range(session.rounds):
            report = bitcl.timed((batch, 3, size, size), session.seconds)
            values["share"].append(report["share_of_peak"])
            # A GPU has no loop in C.
            for loop, rate in report["peak_gflop_per_second"].items():
                values.setdefault(loop, []).append(rate)
        session.add(f"peak R50x1 {size}x{size} {batch}", values, [bitcl])


def once(what, model, size, files):
    return [sys.executable, "-m", "peers.once", what, model, size, *files]


def start(session):
    """Whole processes, from nothing to the first label, at 448; what they read is in memory."""
    folder = session.models.checkpoint("R50x1", 448)
    model = session.models.onnx("R50x1")
    photo = images.make(session.work / "jpg", "jpg", 1)[0]
    commands = {
        f"bitcl-{device}": [session.bitcl, "classify", "-q", "--strict-device", "-d", device, "-m",
                            folder, photo] for device in session.devices}
    if "onnxruntime" in session.peers:
        commands["onnxruntime"] = once("onnxruntime_label", model, 448, [photo])
    if "transformers" in session.peers:
        commands["transformers"] = once("transformers_label", folder, 448, [photo])
    processes(session, "start R50x1 448", commands)


def processes(session, row, commands, per=1):
    """Whole processes taking turns, in milliseconds; a first round does not count."""
    values = {name: [] for name in commands}
    for number in range(session.rounds + 1):
        for name, command in commands.items():
            seconds = run(command).seconds
            if number:
                values[name].append(seconds * 1e3 / per)
    session.add(row, values, [])


def cold(session):
    """The first run ever: nothing built before is found, of ours or of the driver's. Milliseconds."""
    folder = session.models.checkpoint("R50x1", 448)
    photo = images.make(session.work / "jpg", "jpg", 1)[0]
    values = {}
    for device in session.devices:
        for _ in range(max(2, session.rounds // 2)):
            with tempfile.TemporaryDirectory() as caches:
                environment = {"XDG_CACHE_HOME": f"{caches}/user", "POCL_CACHE_DIR": f"{caches}/pocl"}
                for path in environment.values():
                    os.mkdir(path)
                result = run([session.bitcl, "classify", "-q", "--strict-device", "-d", device, "-m",
                              folder, photo], environment)
                values.setdefault(f"bitcl-{device}", []).append(result.seconds * 1e3)
    session.add("cold R50x1 448", values, [])


def folder(session):
    """200 photographs of 640x480 to labels at 224, whole processes; milliseconds an image."""
    model = session.models.checkpoint("R50x1", 224)
    count = 40 if session.quick else 200
    photos = images.make(session.work / "jpg", "jpg", count)[:count]
    commands = {
        f"bitcl-{device}": [session.bitcl, "classify", "-q", "--strict-device", "-k", "1", "-d",
                            device, "-m", model, *photos] for device in session.devices}
    if "onnxruntime" in session.peers:
        commands["onnxruntime"] = once(
            "onnxruntime_folder", session.models.onnx("R50x1"), 224, photos)
    processes(session, "folder R50x1 224", commands, per=count)


def check_pixels(session, model, photo):
    """Both prepare an image alike, but for the rounding of the last step."""
    from safetensors.numpy import load_file
    with tempfile.TemporaryDirectory() as folder:
        run([session.bitcl, "preprocess", "-q", "-m", model, photo, "-o", f"{folder}/out"])
        difference = numpy.abs(
            load_file(f"{folder}/out")["pixel_values"] - once_pixels(photo, 224)).max()
    if not difference <= 1e-6:
        raise Failure(f"{photo} is prepared in two ways: they differ by {difference:.1e}")


def preprocess(session):
    """Decoding and preparing alone, on all threads; milliseconds an image, without the start."""
    model = session.models.checkpoint("R50x1", 224)
    for kind in ("jpg", "png"):
        photos = images.make(session.work / kind, kind, 64)[:64]
        check_pixels(session, model, photos[0])
        bitcl = Bitcl(session.bitcl, "cpu", model)
        values = {"bitcl": [], "pillow": []}
        for _ in range(session.rounds):
            report = json.loads(run(
                [session.bitcl, "bench", "-q", "-d", "cpu", "--no-peak", "-m", model, "--scenario",
                 "prepare", "--batch", str(len(photos)), "--format", "json", "--iterations", "4",
                 *photos]).output)
            values["bitcl"].append(report["ms_per_image"]["median"])
            rest = json.loads(run(once("pillow", model, 224, photos * 4)).output)
            values["pillow"].append(rest["seconds"] * 1e3 / len(photos) / 4)
        session.add(f"preprocess {kind}", values, [bitcl])


def memory(session):
    """The most that a process holds (VmHWM) for one image at 448, in megabytes."""
    shape = (1, 3, 448, 448)
    values = {}
    kinds = chosen(session, PEERS["latency"])
    with contextlib.ExitStack() as stack:
        entries = list(contenders(session, "R50x1", 448, kinds, stack))
        for contender in entries:
            contender.measure(shape, min(1, session.seconds))
            values[contender.kind] = [contender.memory / 1e6]
        session.add("memory R50x1 448x448 1", values, entries)


ALL = {function.__name__: function for function in (
    latency, throughput, sizes, peak, start, cold, folder, preprocess, memory)}
