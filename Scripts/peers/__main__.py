"""See Scripts/bench-peers."""

import argparse
import os
import pathlib
import subprocess
import sys

from . import rows, table
from .client import Failure
from .models import Models
from .results import Results

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EPILOG = """
Rows: latency (batch 1), throughput (equal images in flight), sizes (other sizes beside 224), peak (share of
the arithmetic's peak), start (whole process to the first label), cold (the first run ever), folder (200 JPEGs
to labels), preprocess (decoding and preparing alone), memory.

  Scripts/bench-peers --quick                            all rows, roughly, in a quarter of an hour
  Scripts/bench-peers --rows latency --sizes 224 --cores 2
  Scripts/bench-peers --readme README.md                 all, and the table between README's markers

Nothing else should run on the machine meanwhile: all take turns, but a machine that is busy in one round and
not in another widens what is given in brackets. Models and results are kept in --work.
"""


class Session:
    def __init__(self, arguments):
        cores = sorted(os.sched_getaffinity(0))
        if arguments.cores:
            if arguments.cores > len(cores):
                raise SystemExit(f"bench-peers: --cores {arguments.cores}, but there are {len(cores)}")
            cores = cores[:arguments.cores]
            os.sched_setaffinity(0, cores)
        self.threads = len(cores)
        os.environ["POCL_MAX_PTHREAD_COUNT"] = str(self.threads)
        self.work = pathlib.Path(arguments.work)
        self.bitcl = arguments.bitcl
        self.devices, self.peers = arguments.devices, arguments.peers
        self.members, self.sizes, self.batches = (
            arguments.members, arguments.sizes, arguments.batches)
        self.quick = arguments.quick
        self.rounds, self.seconds = arguments.rounds, arguments.seconds
        self.models = Models(self.bitcl, self.work / "models")
        self.results = Results(arguments.results or self.work / "results.json", self.threads)
        self.agreeing = set()

    def say(self, text):
        print(text, file=sys.stderr, flush=True)

    def add(self, row, values, contenders):
        labels = {"bitcl": "bitcl", "openvino": "OpenVINO", "onnxruntime": "ONNX Runtime",
                  "transformers": "transformers"}
        versions = {labels[contender.kind.split("-")[0]]: contender.version
                    for contender in contenders if contender.version}
        for contender in contenders:
            if getattr(contender, "driver", None):
                versions["OpenCL device"] = contender.driver
        self.results.add(row, values, versions)
        medians = ", ".join(f"{name} {sorted(rounds)[len(rounds) // 2]:.4g}"
                            for name, rounds in values.items() if rounds)
        self.say(f"{row}: {medians}")


def words(allowed):
    def parse(text):
        found = text.split(",")
        for word in found:
            if word not in allowed:
                raise argparse.ArgumentTypeError(f"'{word}' is none of {', '.join(allowed)}")
        return found
    return parse


def numbers(text):
    return [int(word) for word in text.split(",")]


def parse():
    parser = argparse.ArgumentParser(
        prog="bench-peers", epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Times bitcl beside OpenVINO, ONNX Runtime and transformers on the same weights.")
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    add = parser.add_argument
    add("--rows", type=words(rows.ALL), default=list(rows.ALL), help="which, with commas")
    add("--members", type=words(["R50x1", "R101x3", "R152x2"]),
        default=["R50x1", "R101x3", "R152x2"], help="of the family, for latency")
    add("--sizes", type=numbers, default=[224, 448], help="for latency and throughput")
    add("--batches", type=numbers, default=[1, 8, 32], help="images in flight, for throughput")
    add("--peers", type=words(["openvino", "onnxruntime", "transformers", "compiled"]),
        default=["openvino", "onnxruntime", "transformers", "compiled"], help="with commas")
    add("--devices", type=words(["opencl", "cpu"]), default=["opencl", "cpu"],
        help="bitcl's, with commas")
    add("--cores", type=int, help="use so many, by the scheduler's affinity; without it, all")
    add("--rounds", type=int, help="turns that each takes (9; with --quick 3)")
    add("--seconds", type=float, help="how long a turn is (2; with --quick 0.7)")
    add("--quick", action="store_true",
        help="R50x1 alone, without compiling, and short turns: for a first look")
    add("--bitcl", help="the program; without it, the one that Scripts/bitcl builds")
    add("--work", default=f"{cache}/bitcl/peers", help="where models and results are kept")
    add("--results", help="the file of results; without it, one in --work")
    add("--readme", metavar="FILE", help="write the table between the markers of a file")
    add("--table", action="store_true", help="measure nothing: make the table of what is there")
    arguments = parser.parse_args()
    arguments.rounds = arguments.rounds or (3 if arguments.quick else 9)
    arguments.seconds = arguments.seconds or (0.7 if arguments.quick else 2)
    if arguments.quick:
        arguments.members = [member for member in arguments.members if member == "R50x1"]
        arguments.peers = [peer for peer in arguments.peers if peer != "compiled"]
    if not arguments.bitcl and not arguments.table:
        subprocess.run([ROOT / "Scripts" / "bitcl", "--version"], check=True, stdout=sys.stderr)
        arguments.bitcl = ROOT / ".build" / "release" / "bitcl"
    return arguments


def main():
    arguments = parse()
    session = Session(arguments)
    failed = False
    for name in [] if arguments.table else arguments.rows:
        try:
            rows.ALL[name](session)
        except (Failure, subprocess.CalledProcessError) as error:
            failed = True
            print(f"bench-peers: {name}: {error}", file=sys.stderr)
        except KeyboardInterrupt:
            print("bench-peers: interrupted; finished rows are kept", file=sys.stderr)
            return 130
    text = table.markdown(session.results)
    if arguments.readme:
        table.write(arguments.readme, text)
    print(text)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
