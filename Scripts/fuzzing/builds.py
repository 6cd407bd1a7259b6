"""Builds Fuzz/ in one of two ways."""

import os
import subprocess
import sys
from pathlib import Path

from fuzzing import targets

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "Fuzz"

# SwiftPM keeps sanitizers in a set: in an order of its own each time, all would be built again.
ENVIRONMENT = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}


class Build:
    def __init__(self, folder, *flags):
        command = [
            "swift", "build", "--configuration", "release", "--package-path", PACKAGE,
            "--scratch-path", folder, "--sanitize=fuzzer", *flags]
        if subprocess.run(command, stdout=sys.stderr, env=ENVIRONMENT).returncode != 0:
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
