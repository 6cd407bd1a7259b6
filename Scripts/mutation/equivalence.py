"""Proof that a mutant is the original: clang makes the same code of both.

Each build that plans of the kernel set ask for is compiled to optimised LLVM code, of the original
and of the mutant. All equal: the mutant is equivalent (a dead #if, the sides of a sum exchanged, …).
None builds: it is stillborn. Where all work-groups are of one work-item, barriers are taken for the
nothing that they are there, and the local index for zero.
"""

import re
import shutil
import subprocess
import threading

from .builds import builds_with

_TRIAL = "kernel void trial(global float *x) { x[0] = fma(x[1], x[2], x[3]); }"
_SINGLE_ITEM = "#define barrier(fence)\n#define get_local_id(axis) ((size_t)0)\n"


class Compiler:
    """clang for OpenCL C, on texts."""

    def __init__(self, kernel_set, sources):
        self.kernel_set = kernel_set
        self.sources = sources
        self.program = self._find()
        self._originals, self._lock = {}, threading.Lock()

    @staticmethod
    def _find():
        names = ["clang"] + [f"clang-{version}" for version in range(25, 11, -1)]
        for name in names:
            path = shutil.which(name)
            if path and Compiler._compile(path, _TRIAL):
                return path
        raise SystemExit(
            "mutate-kernels: error: no clang that compiles OpenCL C. Try: apt-get install clang")

    @staticmethod
    def _run(program, options, text):
        """What clang makes of a text; None if that is an error."""
        command = [program, "-x", "cl", "-cl-std=CL3.0", "-w", "-", "-o", "-", *options]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120)
        return done.stdout if done.returncode == 0 else None

    @staticmethod
    def _compile(program, text):
        """The optimised code of a preprocessed text."""
        options = [
            "-Xclang", "-finclude-default-header", "-O2", "-target", "x86_64-unknown-linux-gnu",
            "-emit-llvm", "-S"]
        code = Compiler._run(program, options, text)
        return code and re.sub(r"^(; ModuleID|source_filename).*\n", "", code, flags=re.MULTILINE)

    def _preprocess(self, build, sources):
        text = "\n".join(sources[name] for name in build.texts)
        if build.is_single_item:
            text = _SINGLE_ITEM + text
        options = ["-E", "-P", "-cl-no-stdinc", *build.options.replace("-D ", "-D").split()]
        text = self._run(self.program, options, text)
        # A hint to the optimiser changes no result.
        return text and re.sub(r"^#pragma unroll.*\n", "", text, flags=re.MULTILINE)

    def _original(self, build):
        """The preprocessed text and the code of what is not mutated."""
        with self._lock:
            known = self._originals.get(build)
        if known is None:
            text = self._preprocess(build, self.sources)
            code = text and self._compile(self.program, text)
            if not code:
                raise SystemExit(f"mutate-kernels: error: {build} does not compile")
            known = (text, code)
            with self._lock:
                self._originals[build] = known
        return known

    def judge(self, mutant):
        """`stillborn`, `equivalent`, or None: it may behave differently."""
        changed = dict(self.sources)
        changed[mutant.file] = mutant.apply(self.sources[mutant.file])
        for build in builds_with(mutant.file, self.kernel_set):
            text, code = self._original(build)
            changed_text = self._preprocess(build, changed)
            if changed_text == text:
                continue
            changed_code = changed_text and self._compile(self.program, changed_text)
            if not changed_code:
                return "stillborn"
            if changed_code != code:
                return None
        return "equivalent"
