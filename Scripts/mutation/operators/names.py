"""Names, axes, strides."""

import re

from ..registry import operator
from ..syntax import ASSIGNMENTS


@operator("component-swapped", "another component of a vector: height for width, .lo for .hi")
def component_swapped(unit):
    region = unit.region
    pairs = {"lo": ["hi"], "hi": ["lo"], "even": ["odd"], "odd": ["even"]}
    pairs.update({c: [o for o in "xyzw" if o != c] for c in "xyzw"})
    pairs.update({f"s{d}": [f"s{int(d, 16) ^ 1:x}"] for d in "0123456789abcdef"})
    for index in unit.indices:
        if region[index - 1] == "." and region[index] in pairs:
            for other in pairs[region[index]]:
                yield unit.replace(index, index + 1, other)


@operator("name-swapped", "a name for its sibling: row for column, in for out, one flag for another")
def name_swapped(unit):
    region = unit.region
    siblings = {name: list(dict.fromkeys(others)) for name, others in unit.siblings.items()}
    for group in re.findall(r"struct\s*{([^}]*)}", unit.file.text):
        names = [n for n in re.findall(r"\w+(?=[,;])", group)]
        for name in names:
            siblings.setdefault("." + name, [n for n in names if n != name])
    constants = [m.name for m in unit.file.macros if not m.parameters]
    constants += [] if unit.file.name.endswith(".clh") else re.findall(
        r"FLAG_\w+", unit.file.text)
    constants = list(dict.fromkeys(constants))
    for one, other in zip(constants, constants[1:]):
        siblings.setdefault(one, []).append(other)
        siblings.setdefault(other, []).append(one)
    for index in unit.indices:
        token = region.tokens[index]
        if token.kind != "name" or region[index + 1] == "=" and region.is_type(index - 1):
            continue
        name = "." + token.text if region[index - 1] == "." else token.text
        for other in siblings.get(name, []):
            yield unit.replace(index, index + 1, other)


@operator("wrong-stride", "another step of a loop, another axis of the launch")
def wrong_stride(unit):
    region = unit.region
    for statement in unit.statements:
        if statement.kind != "for" or len(statement.header) != 3:
            continue
        for start, end in region.split(*statement.header[2]):
            if region[end - 1] == "++":
                yield unit.replace(end - 1, end, " += 2")
            elif region[start + 1] == "+=":
                step = region.span(start + 2, end)
                yield unit.replace(start + 2, end, f"2 * ({step})")
                yield unit.replace(start + 2, end, "1")
    for index in unit.indices:
        if re.match(r"get_\w+_(id|size|groups)$|get_num_groups$", region[index]):
            for axis in "012":
                if region[index + 2] != axis:
                    yield unit.replace(index + 2, index + 3, axis)


@operator("index-zeroed", "a work-item's place taken for 0: the first image, channel or row only")
def index_zeroed(unit):
    region = unit.region
    for index in unit.indices:
        if region[index] in unit.launch_names and region[index - 1] != ".":
            if region[index + 1] not in ASSIGNMENTS:
                yield unit.replace(index, index + 1, "0")
        if re.match(r"get_\w+_id$", region[index]):
            yield unit.replace(index, index + 4, "0")
