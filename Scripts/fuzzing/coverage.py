"""Line coverage of the parsers by their corpora and seeds."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fuzzing import builds, campaign, targets


def report(build, names):
    """Prints each source file's coverage. Returns the targets below the mark."""
    return [name for name in names if not print_target(build, name)]


def print_target(build, name):
    lines = {}
    for file, summary in summaries(build, name).items():
        path = os.path.relpath(file, builds.ROOT)
        if path.startswith("Fuzz/"):
            path = path.removeprefix("Fuzz/")
        if any(path == p or (p.endswith("/") and path.startswith(p)) for p in targets.PARSERS[name]):
            lines[path] = summary["covered"], summary["count"]
    if not lines:
        sys.exit(f"fuzz: no coverage of {name} was recorded")
    for path, (covered, count) in sorted(lines.items()):
        print(f"  {100 * covered / max(1, count):5.1f} %  {path}")
    covered, count = (sum(pair[i] for pair in lines.values()) for i in (0, 1))
    print(f"{name}: {100 * covered / count:.1f} % of {count} lines", flush=True)
    return 100 * covered >= targets.MARK * count


def summaries(build, name):
    """Source file → lines covered and there, as llvm-cov counts them."""
    executable = build.executable(name)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as work:
        raw, profile = Path(work, "raw"), Path(work, "profile")
        subprocess.run(
            [executable, "-runs=0", campaign.seeded(name), *campaign.kept(name)], check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=work,
            env={**campaign.ENVIRONMENT, "LLVM_PROFILE_FILE": str(raw)})
        subprocess.run([tool("llvm-profdata"), "merge", raw, "-o", profile], check=True)
        exported = subprocess.run(
            [tool("llvm-cov"), "export", "-summary-only", executable, "-instr-profile", profile],
            check=True, stdout=subprocess.PIPE).stdout
    files = json.loads(exported)["data"][0]["files"]
    return {f["filename"]: f["summary"]["lines"] for f in files}


def tool(name):
    """LLVM's tool of the Swift toolchain, which knows the form of its profiles."""
    swift = Path(shutil.which("swift") or "swift").resolve()
    return shutil.which(name, path=swift.parent) or name
