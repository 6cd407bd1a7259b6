"""What is measured, seen from the process that takes turns."""

import json
import os
import subprocess
import sys
import tempfile
import time

# glibc gives large blocks back to the system each time and faults them in anew, which costs PyTorch up
# to half of its speed: told to keep its memory, it runs as fast as it can.
KEEPS_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(1 << 40), "MALLOC_TOP_PAD_": str(1 << 28),
                "MALLOC_MMAP_MAX_": "0"}


class Failure(Exception):
    pass


class Peer:
    """A library in a process of its own, which is kept from round to round."""

    def __init__(self, kind, model, folder, threads):
        self.kind = kind
        environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
        if kind.startswith("transformers"):
            environment |= KEEPS_MEMORY
        self.process = subprocess.Popen(
            [sys.executable, "-m", "peers.worker", kind, str(model), str(folder), str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
            stderr=subprocess.DEVNULL if not os.environ.get("BENCH_PEERS_VERBOSE") else None)
        self.version = None
        self.memory = 0

    def ask(self, **request):
        try:
            print(json.dumps(request), file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise Failure(f"{self.kind} ended with status {self.process.wait()}; "
                          "BENCH_PEERS_VERBOSE=1 shows what it says")
        answer = json.loads(line)
        if "error" in answer:
            raise Failure(f"{self.kind}: {answer['error']}")
        self.version, self.memory = answer["version"], answer["memory"]
        return answer

    def measure(self, shape, seconds):
        return self.ask(do="measure", shape=shape, seconds=seconds)["median"]

    def logits(self, pixels):
        import numpy
        with tempfile.TemporaryDirectory() as folder:
            numpy.save(f"{folder}/in.npy", pixels)
            self.ask(do="logits", pixels=f"{folder}/in.npy", output=f"{folder}/out.npy")
            return numpy.load(f"{folder}/out.npy")

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Bitcl:
    """`bitcl bench`: a process for each measurement, with its warm-up."""

    def __init__(self, program, device, folder):
        self.kind = f"bitcl-{device}"
        self.program, self.device, self.folder = str(program), device, folder
        self.version = None
        self.driver = None
        self.memory = 0
        self.last = {}

    def report(self, shape, *options):
        batch, _, height, width = shape
        command = [self.program, "bench", "-q", "--strict-device", "-m", str(self.folder), "-d",
                   self.device, "--batch", str(batch), "--size", f"{height}x{width}",
                   "--format", "json", *options]
        result = run(command)
        self.memory = max(self.memory, result.memory)
        report = json.loads(result.output)
        self.version = report["bitcl_version"].removeprefix("bitcl ")
        if "driver" in report:
            self.driver = f"{report['device']}, driver {report['driver']}"
        return report

    def timed(self, shape, seconds, *options):
        """A report over runs for so long, by what one took before; at least three."""
        runs = max(3, round(seconds * 1e3 / self.last.get(shape, seconds * 1e3 / 5)))
        report = self.report(shape, "--warmup", "2", "--iterations", str(min(runs, 10000)), *options)
        self.last[shape] = report["ms_per_batch"]["median"]
        return report

    def measure(self, shape, seconds):
        return self.timed(shape, seconds, "--no-peak")["ms_per_batch"]["median"]

    def logits(self, pixels):
        from safetensors.numpy import load_file, save_file
        with tempfile.TemporaryDirectory() as folder:
            save_file({"pixel_values": pixels}, f"{folder}/in.safetensors")
            run([self.program, "run", "-q", "--strict-device", "-m", str(self.folder), "-d",
                 self.device, "-i", f"{folder}/in.safetensors", "-o", f"{folder}/out.safetensors"])
            return load_file(f"{folder}/out.safetensors")["logits"]

    def close(self):
        pass


class Result:
    def __init__(self, output, seconds, memory):
        self.output, self.seconds, self.memory = output, seconds, memory


def run(command, environment=None, cwd=None):
    """A whole process: its output, how long it took, and the most memory that it held."""
    command = [str(word) for word in command]
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, stdout=output, stderr=errors, cwd=cwd,
                                   stdin=subprocess.DEVNULL,
                                   env=dict(os.environ, **(environment or {})))
        memory = 0
        while process.poll() is None:
            memory = max(memory, peak_memory(process.pid))
            try:
                process.wait(0.005)
            except subprocess.TimeoutExpired:
                pass
        seconds = time.perf_counter() - start
        output.seek(0), errors.seek(0)
        if process.returncode:
            raise Failure(f"{' '.join(command)}: status {process.returncode}, {errors.read()[-2000:]}")
        return Result(output.read(), seconds, memory)


def peak_memory(process):
    try:
        with open(f"/proc/{process}/status") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
