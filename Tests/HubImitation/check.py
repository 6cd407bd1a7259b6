"""bitcl and the real huggingface_hub on one imitation of the hub; see Scripts/check-hub."""

import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
FIXTURES = HERE.parent / "Fixtures/models"
PROGRAM = sys.argv[1]
REPOSITORY = "org/bit-tiny"
REVISION = "refs/pr/1"

# What huggingface_hub is asked to do, in a process whose environment says where.
DOWNLOAD = """
import sys
from huggingface_hub import hf_hub_download
for name in sys.argv[3:]:
    try:
        print(hf_hub_download(sys.argv[1], name, revision=sys.argv[2]))
    except Exception as error:
        if type(error).__name__ != "RemoteEntryNotFoundError":
            raise
"""
SNAPSHOT = """
import sys
from huggingface_hub import snapshot_download
print(snapshot_download(sys.argv[1], revision=sys.argv[2], local_files_only=sys.argv[3] == "local",
                        allow_patterns=sys.argv[4:]))
"""


class Imitation:
    def __init__(self, folder):
        self.process = subprocess.Popen(
            [sys.executable, HERE / "hub.py", folder],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        self.address = self.process.stdout.readline().strip()
        self.process.stdout.readline()

    def order(self, **order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


class Check:
    def __init__(self, hub, folder):
        self.hub, self.folder = hub, folder
        self.failures = 0

    def environment(self, cache, **additions):
        kept = {k: v for k, v in os.environ.items()
                if not k.lower().endswith("_proxy") and not k.startswith(("HF_", "BITCL_"))}
        return kept | {
            "HF_ENDPOINT": self.hub.address, "HF_HOME": str(self.folder / cache),
            "HF_HUB_DISABLE_XET": "1", "HF_HUB_DISABLE_TELEMETRY": "1", **additions,
        }

    def start(self, cache, command, **additions):
        return subprocess.Popen(
            list(map(str, command)), env=self.environment(cache, **additions),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, cache, command, **additions):
        process = self.start(cache, command, **additions)
        output, errors = process.communicate(timeout=60)
        if process.returncode:
            raise SystemExit(f"{command} ended with {process.returncode}: {errors}")
        return output.strip()

    def bitcl(self, cache, *arguments, **additions):
        return self.run(cache, [PROGRAM, *arguments], **additions)

    def python(self, cache, code, *arguments, **additions):
        return self.run(cache, [sys.executable, "-c", code, *arguments], **additions)

    def requests(self):
        return self.hub.order(log=True)

    def reset(self):
        self.hub.order(reset=True)

    def tree(self, cache):
        """Every file, link and folder; not the locks' folder, nor what only one of both keeps."""
        result = {}
        top = self.folder / cache / "hub"
        for path in sorted(top.rglob("*")):
            name = str(path.relative_to(top))
            if "/trees" in name or name.endswith("/trees"):
                continue
            mode = oct(path.lstat().st_mode & 0o7777)
            if path.is_symlink():
                result[name] = ("link", os.readlink(path))
            elif path.is_dir():
                result[name] = ("folder", mode)
            else:
                result[name] = ("file", mode, path.read_bytes())
        return result

    def expect(self, what, condition, detail=""):
        print(f"{'ok    ' if condition else 'FAILED'} {what}{'' if condition else f': {detail}'}")
        self.failures += not condition

    def same_trees(self, what, one, other):
        left, right = self.tree(one), self.tree(other)
        different = sorted(k for k in left.keys() | right.keys() if left.get(k) != right.get(k))
        self.expect(what, bool(left) and not different, different)


def copy_model(name, folder):
    folder.mkdir(parents=True)
    for path in (FIXTURES / name).iterdir():
        if not path.name.startswith("golden"):
            shutil.copy(path, folder)


def make_repositories(folder):
    top = folder / REPOSITORY
    copy_model("07_batch3", top)
    (top / ".revisions.json").write_text(json.dumps([REVISION]))
    sharded = folder / "org/sharded"
    copy_model("11_sharded", sharded)
    large = folder / "org/large"
    shutil.copytree(top, large)
    (large / "model.safetensors").write_bytes(random.Random(1).randbytes(48 << 20))


def wanted(folder, repository):
    return sorted(
        p.name for p in (folder / repository).iterdir()
        if p.suffix in (".json", ".safetensors") and not p.name.startswith("."))


def check_layouts(check, repositories):
    for repository, revision in [(REPOSITORY, "main"), (REPOSITORY, REVISION), ("org/sharded", "main")]:
        name = f"{repository}@{revision}"
        ours, theirs = f"ours-{len(name)}", f"theirs-{len(name)}"
        check.bitcl(ours, "pull", "-q", repository, "--revision", revision)
        names = wanted(repositories, repository)
        check.python(theirs, DOWNLOAD, repository, revision, *names, "preprocessor_config.json")
        check.same_trees(f"{name}: the same folders, files, links, modes and locks", ours, theirs)

        check.reset()
        check.bitcl(theirs, "inspect", "-q", "-m", name)
        check.expect(f"{name}: bitcl uses what huggingface_hub downloaded without a request",
                     not check.requests(), check.requests())
        folder = check.python(ours, SNAPSHOT, repository, revision, "local", *names,
                              HF_HUB_OFFLINE="1")
        paths = check.python(ours, DOWNLOAD, repository, revision, *names, HF_HUB_OFFLINE="1")
        check.expect(f"{name}: huggingface_hub uses what bitcl downloaded without a request",
                     len(paths.splitlines()) == len(names) and folder in paths
                     and not check.requests(), check.requests())
        check.bitcl(theirs, "pull", "-q", "--verify", repository, "--revision", revision)
        check.bitcl(theirs, "pull", "-q", "--verify", repository, "--revision", revision,
                    HF_HUB_OFFLINE="1")
        check.same_trees(f"{name}: nothing changed by use", ours, theirs)


def check_together(check, repositories):
    names = wanted(repositories, "org/large")
    with contextlib.ExitStack() as stack:
        processes = []
        for _ in range(3):
            processes.append(check.start("together", [PROGRAM, "pull", "org/large"]))
            processes.append(check.start(
                "together", [sys.executable, "-c", DOWNLOAD, "org/large", "main", *names]))
        results = [(p.communicate(timeout=60), p.returncode) for p in processes]
    check.expect("six at once: all succeed", not any(code for _, code in results), results)
    check.python("apart", DOWNLOAD, "org/large", "main", *names)
    check.same_trees("six at once: the same as one alone", "together", "apart")


def check_interruption(check):
    check.reset()
    check.hub.order(fault={"path": "model.safetensors", "origin": "storage", "do": "slow",
                           "seconds": 20})
    process = check.start("interrupted", [PROGRAM, "pull", "org/large"])
    blobs = check.folder / "interrupted/hub/models--org--large/blobs"
    partial = []
    for _ in range(100):
        time.sleep(0.1)
        partial = [p for p in blobs.glob("*.incomplete") if p.stat().st_size > 1 << 20]
        if partial:
            break
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    check.expect("an interrupted download ends with 130 and is kept",
                 process.returncode == 130 and partial and partial[0].exists(),
                 (process.returncode, errors))
    check.reset()
    check.bitcl("interrupted", "pull", "-q", "org/large")
    ranges = [r["range"] for r in check.requests() if r["range"]]
    check.expect("and gone on with", len(ranges) >= 1, check.requests())
    check.same_trees("to the same end", "interrupted", "apart")


def main():
    with tempfile.TemporaryDirectory(prefix="check-hub-") as name:
        folder = pathlib.Path(name)
        repositories = folder / "repositories"
        make_repositories(repositories)
        hub = Imitation(repositories)
        check = Check(hub, folder)
        try:
            version = check.python("none", "import huggingface_hub as h; print(h.__version__)")
            print(f"huggingface_hub {version}, {check.bitcl('none', '--version')}")
            check_layouts(check, repositories)
            check_together(check, repositories)
            check_interruption(check)
        finally:
            hub.stop()
        sys.exit(1 if check.failures else 0)


if __name__ == "__main__":
    main()
