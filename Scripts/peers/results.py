"""Figures of several calls in one file: a row that is measured again replaces the older one."""

import json
import os
import pathlib
import platform
import time


def machine(cores):
    processor = "unknown"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                processor = line.split(":", 1)[1].strip()
                break
    with open("/proc/cpuinfo") as file:
        flags = next((line.split() for line in file if line.startswith("flags")), [])
    vectors = next((name for name in ("avx512f", "avx2", "avx") if name in flags), "")
    return {"processor": f"{processor} {vectors.upper()}".strip(), "cores": cores,
            "kernel": platform.release()}


class Results:
    def __init__(self, file, cores):
        self.file = pathlib.Path(file)
        self.cores = cores
        self.document = {"rows": {}}
        if self.file.exists():
            self.document = json.loads(self.file.read_text())

    def add(self, row, values, versions):
        """values: contender or fact → list of what each round gave."""
        key = f"{self.cores} cores, {row}"
        self.document["rows"][key] = {
            "row": row, "values": values, "versions": versions, "machine": machine(self.cores),
            "date": time.strftime("%Y-%m-%d", time.gmtime())}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        partial = self.file.with_suffix(".part")
        partial.write_text(json.dumps(self.document, indent=1, sort_keys=True) + "\n")
        os.replace(partial, self.file)

    def by_cores(self):
        """For each number of cores, most first, the rows that were measured with it."""
        found = {}
        for entry in self.document["rows"].values():
            found.setdefault(entry["machine"]["cores"], {})[entry["row"]] = entry
        return [found[cores] for cores in sorted(found, reverse=True)]
