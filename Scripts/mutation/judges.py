"""Commands that ought to notice a mutant, each run with a folder of kernels that has one in it."""

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Verdict:
    is_killed: bool
    reason: str  # the exit status, `time limit`, a signal
    seconds_limit: float
    output: str


class Judge:
    """A command whose exit status other than 0 means that it noticed."""

    def __init__(self, name, command, environment, limit):
        self.name, self.command, self.limit = name, command, limit
        self.environment = environment

    def __call__(self, kernels, scratch):
        environment = {**os.environ, **self.environment, "BITCL_KERNELS": str(kernels)}
        environment["XDG_CACHE_HOME"] = str(scratch)
        with subprocess.Popen(
                self.command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, start_new_session=True) as process:
            try:
                output, _ = process.communicate(timeout=self.limit)
                status = process.returncode
                reason = f"signal {-status}" if status < 0 else f"exit {status}"
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                output, _ = process.communicate()
                status, reason = None, "time limit"
        text = output.decode("utf-8", "replace")
        return Verdict(status != 0, reason, self.limit, text[-4000:])


class Workplace:
    """A temporary folder with the kernels of one mutant and a cache of its own."""

    def __init__(self, sources, mutant=None):
        self.folder = Path(tempfile.mkdtemp(prefix="mutant-"))
        kernels = self.folder / "kernels"
        kernels.mkdir()
        for name, text in sources.items():
            changed = mutant is not None and name == mutant.file
            (kernels / name).write_text(mutant.apply(text) if changed else text)

    def judged_by(self, judge):
        scratch = self.folder / "cache"
        scratch.mkdir(exist_ok=True)
        return judge(self.folder / "kernels", scratch)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)
