"""A peer in a process of its own: reads requests and writes answers, a line of JSON each."""

import json
import os
import statistics
import sys
import time

import numpy

from . import contenders


def peak_memory():
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def noise(shape):
    return numpy.random.default_rng(1).uniform(-1, 1, shape).astype("float32")


class Worker:
    def __init__(self, kind, model, folder, threads):
        self.contender = contenders.make(kind, model, folder, threads)
        self.runners = {}

    def runner(self, shape):
        shape = tuple(shape)
        if shape not in self.runners:
            self.runners.clear()
            self.runners[shape] = self.contender.runner(shape, noise(shape))
            for _ in range(3):
                self.runners[shape]()
        return self.runners[shape]

    def measure(self, shape, seconds):
        """The median, in milliseconds, of runs for so long; at least three."""
        run = self.runner(shape)
        run()
        times = []
        end = time.perf_counter() + seconds
        while len(times) < 3 or time.perf_counter() < end:
            start = time.perf_counter()
            run()
            times.append((time.perf_counter() - start) * 1e3)
        return {"median": statistics.median(times), "runs": len(times)}

    def logits(self, pixels, output):
        values = numpy.load(pixels)
        numpy.save(output, self.contender.runner(values.shape, values)())
        return {}

    def answer(self, request):
        name = request.pop("do")
        result = {"measure": self.measure, "logits": self.logits}[name](**request)
        return result | {"version": self.contender.version, "memory": peak_memory()}


def main():
    # What libraries print must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    worker = Worker(*sys.argv[1:4], int(sys.argv[4]))
    for line in sys.stdin:
        try:
            answer = worker.answer(json.loads(line))
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
