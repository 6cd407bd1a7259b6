"""Builds Fuzz/ in one of two ways."""

import subprocess
import sys
from pathlib import Path

from fuzzing import targets

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "Fuzz"


class Build:
    def __init__(self, folder, *flags):
        command = [
            "swift", "build", "--configuration", "release", "--package-path", PACKAGE,
            "--scratch-path", folder, "--sanitize=fuzzer", *flags]
        if subprocess.run(command, stdout=sys.stderr).returncode != 0:
            sys.exit("fuzz: Fuzz/ does not build (see above)")
        self.folder = folder / "release"

    @classmethod
    def sanitized(cls):
        # SwiftPM passes one sanitizer at a time on, of which swiftc takes the last.
        return cls(
            PACKAGE / ".build", "--sanitize=address", "-Xswiftc", "-sanitize=fuzzer,address")

    @classmethod
    def instrumented(cls):
        return cls(
            PACKAGE / ".build-coverage", "-Xswiftc", "-profile-generate", "-Xswiftc",
            "-profile-coverage-mapping", "-Xcc", "-fprofile-instr-generate", "-Xcc",
            "-fcoverage-mapping")

    def executable(self, name):
        return self.folder / targets.executable(name)
