"""Runs fuzz targets, and keeps what they find."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fuzzing import builds, seeds

CORPUS = builds.PACKAGE / "Corpus"
# What once broke something, kept whatever else reaches the same code.
FINDINGS = builds.PACKAGE / "Findings"
WORK = builds.PACKAGE / ".build/fuzz"

# Far above what any input of that size needs, and below what would hurt a user.
LIMITS = ["-rss_limit_mb=1024", "-malloc_limit_mb=256", f"-max_len={seeds.BYTE_LIMIT}"]

# Swift's own report of a crash reads memory that the address sanitizer guards, and never ends.
ENVIRONMENT = {**os.environ, "SWIFT_BACKTRACE": "enable=no"}


def folder(*parts):
    path = WORK.joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path


def run(build, name, minutes, timeout):
    """Searches; with no minutes, runs the corpus and the seeds once. Says whether nothing was found."""
    found = folder(name, "findings")
    limit = f"-max_total_time={round(60 * minutes)}" if minutes else "-runs=0"
    command = [
        build.executable(name), limit, f"-timeout={timeout}", f"-report_slow_units={timeout}",
        *LIMITS, f"-artifact_prefix={found}/", "-print_final_stats=1"]
    dictionary = builds.PACKAGE / f"Dictionaries/{name}.dict"
    if dictionary.exists():
        command.append(f"-dict={dictionary}")
    log = WORK / name / "log"
    print(f"{name}: running, log in {log}", file=sys.stderr, flush=True)
    with log.open("wb") as output:
        status = subprocess.run(
            [*command, folder(name, "corpus"), seeded(name), *kept(name)],
            stdout=output, stderr=subprocess.STDOUT, env=ENVIRONMENT, cwd=found).returncode
    text = log.read_text(errors="replace")
    runs = re.search(r"number_of_executed_units:\s*(\d+)", text)
    memory = re.search(r"peak_rss_mb:\s*(\d+)", text)
    print(
        f"{name}: {runs.group(1) if runs else '?'} runs, {minutes:g} min,"
        f" {memory.group(1) if memory else '?'} MB,"
        f" {'nothing found' if status == 0 else f'FOUND, see {log} and {found}'}", flush=True)
    return status == 0


def seeded(name):
    """A folder of the target's seeds, and nothing else."""
    shutil.rmtree(WORK / name / "seeds", ignore_errors=True)
    path = folder(name, "seeds")
    seeds.write(name, path)
    return path


def kept(name):
    """The folders of a target's files that are part of the project."""
    return [path / name for path in (CORPUS, FINDINGS) if (path / name).is_dir()]


def keep(build, name):
    """Replaces a target's corpus by the smallest of all files that reach as much."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as merged:
        subprocess.run(
            [build.executable(name), "-merge=1", *LIMITS, merged, seeded(name),
             folder(name, "corpus"), *kept(name)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT)
        shutil.rmtree(CORPUS / name, ignore_errors=True)
        shutil.copytree(merged, CORPUS / name)
    files = list(Path(CORPUS / name).iterdir())
    print(f"{name}: kept {len(files)} files of {sum(f.stat().st_size for f in files)} bytes")
