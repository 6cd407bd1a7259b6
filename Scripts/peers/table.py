"""Results as Markdown, and their place in a README."""

import pathlib

from .rows import TIMES_PYTORCH, TOLERANCE
from .spread import Figure, ratios

BEGIN, END = "<!-- Scripts/bench-peers -->", "<!-- end of Scripts/bench-peers -->"

COLUMNS = [("bitcl-opencl", "`bitcl -d opencl`"), ("bitcl-cpu", "`bitcl -d cpu`"),
           ("openvino", "OpenVINO"), ("onnxruntime", "ONNX Runtime"),
           ("transformers", "transformers, eager"), ("transformers-compiled", "compiled, frozen")]


def names(entry):
    """The better of OpenVINO's ways to keep images in flight stands for it."""
    values = dict(entry["values"])
    ways = {name: values.pop(name) for name in list(values) if name.startswith("openvino")}
    if ways:
        values["openvino"] = min(ways.values(), key=lambda rounds: Figure.of(rounds).median)
    return values


def row(cells):
    return "| " + " | ".join(cells) + " |"


def header(cells):
    return [row(cells), row(["---"] * len(cells))]


def comparison(title, entries, label, scale=lambda key: 1, decimals=1):
    """A row an entry, a column a contender, and ours as a part of each peer's."""
    if not entries:
        return []
    present = [(key, name) for key, name in COLUMNS
               if any(key in names(entry) for entry in entries.values())]
    rivals = [key for key, _ in present if not key.startswith("bitcl")]
    short = {"openvino": "OpenVINO's", "onnxruntime": "ONNX Runtime's",
             "transformers": "transformers'", "transformers-compiled": "compiled's"}
    ours = "bitcl-opencl"
    lines = header([title] + [name for _, name in present] + [f"of {short[key]}" for key in rivals])
    for key, entry in entries.items():
        values = names(entry)
        cells = [label(key)]
        for name, _ in present:
            rounds = [value / scale(key) for value in values.get(name, [])]
            cells.append(Figure.of(rounds).text(decimals) if rounds else "")
        for rival in rivals:
            both = values.get(ours) and values.get(rival)
            cells.append(ratios(values[ours], values[rival]).text(2) if both else "")
        lines.append(row(cells))
    return lines + [""]


def of_kind(rows, kind):
    return {key: rows[key] for key in sorted(rows, key=order) if key.split()[0] == kind}


def order(key):
    """Numbers as numbers: 8 before 32."""
    return [(0, int(word), "") if word.isdigit() else (1, 0, word)
            for word in key.replace("x", " x ").split()]


def markdown(results):
    sections = ["\n".join(section(rows)) for rows in results.by_cores()]
    return "\n".join(sections) or "Nothing was measured yet.\n"


def section(rows):
    lines = [conditions(rows), ""]

    def model(key):
        _, member, size, *_ = key.split()
        return f"{member}, {size}"

    lines += comparison("latency of one request, ms", of_kind(rows, "latency"), model)
    lines += comparison(
        "equal images in flight, ms an image", of_kind(rows, "throughput"),
        lambda key: f"{model(key)}, {key.split()[3]}", scale=lambda key: int(key.split()[3]))
    lines += comparison("whole process to the first label, ms", of_kind(rows, "start"), model,
                        decimals=0)
    lines += comparison("the first run ever, ms", of_kind(rows, "cold"), model, decimals=0)
    lines += comparison("a folder of JPEGs to labels, ms an image", of_kind(rows, "folder"), model)
    lines += comparison("peak memory, MB", of_kind(rows, "memory"), model, decimals=0)
    lines += preparing(of_kind(rows, "preprocess"))
    lines += shares(of_kind(rows, "peak"))
    lines += by_size(of_kind(rows, "sizes"))
    return lines


def conditions(rows):
    versions = {}
    for entry in rows.values():
        versions |= entry["versions"]
    machine = next(iter(rows.values()))["machine"]
    dates = sorted({entry["date"] for entry in rows.values()})
    named = ", ".join(f"{name} {version}" for name, version in sorted(
        versions.items(), key=lambda item: item[0].lower()))
    limits = f"{TOLERANCE:g}, or {TIMES_PYTORCH} times what PyTorch's Float is off by,"
    span = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    return (f"{machine['cores']} cores of {machine['processor']}, Linux {machine['kernel']}, {span};"
            f" {named}. Medians of rounds in which all take turns (lowest–highest round); the same"
            f" weights, Float throughout, logits within {limits} of the largest one of transformers' in"
            " double precision. OpenVINO has the hint for latency or for throughput, and of one batch"
            " and single requests in flight what is better; ONNX Runtime and OpenVINO have folded"
            " weights; PyTorch runs with glibc keeping its memory.")


def preparing(entries):
    if not entries:
        return []
    lines = header(["decoding and preparing alone, images/s", "`bitcl`", "Pillow and numpy",
                    "of Pillow's"])
    for key, entry in entries.items():
        rates = {name: [1000 / value for value in rounds]
                 for name, rounds in entry["values"].items()}
        lines.append(row([{"jpg": "JPEG", "png": "PNG"}[key.split()[1]]] + [
            Figure.of(rates[name]).text(0) for name in ("bitcl", "pillow")] + [
                ratios(rates["bitcl"], rates["pillow"]).text(2)]))
    return lines + [""]


def shares(entries):
    if not entries:
        return []
    lines = header(["share of the arithmetic's peak, `-d opencl`", "share",
                    "peak in OpenCL C, GFLOP/s", "peak in C, GFLOP/s"])
    for key, entry in entries.items():
        _, member, size, batch = key.split()
        values = entry["values"]
        share = Figure.of([100 * value for value in values["share"]])
        lines.append(row([f"{member}, {size}, batch {batch}", share.text(0) + " %",
                          Figure.of(values["opencl"]).text(0),
                          Figure.of(values["c"]).text(0) if "c" in values else ""]))
    return lines + [""]


def by_size(entries):
    if not entries:
        return []
    first = next(iter(entries.values()))["values"]
    others = [size for size in first if size != "224x224"]
    lines = header(["rate beside that at 224x224", *others])
    for key, entry in entries.items():
        _, member, device, batch = key.split()
        values = entry["values"]
        lines.append(row([f"{member}, {device}, batch {batch}"] + [
            ratios(values[size], values["224x224"]).text(2) for size in others]))
    return lines + [""]


def write(file, text):
    """Between the markers, which must be there."""
    path = pathlib.Path(file)
    document = path.read_text()
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"bench-peers: {file} lacks the lines '{BEGIN}' and '{END}'")
    path.write_text(f"{before}{BEGIN}\n{text}{END}{after}")
