"""Bounds and offsets."""

import re

from ..registry import operator
from ..sites import binaries


@operator("relational-boundary", "a bound that includes or excludes its end: < and <=, > and >=")
def relational_boundary(unit):
    swaps = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
    for index in binaries(unit, swaps):
        yield unit.replace(index, index + 1, swaps[unit.region[index]])


@operator("off-by-one", "one more or one less: indices, bounds, initial values, whole numbers")
def off_by_one(unit):
    region = unit.region
    ranges = []
    for index in unit.indices:
        if region[index] == "[" and region.ends_operand(index - 1):
            if not region.is_type(region.unary_start(index - 1) - 1):
                ranges.append((index + 1, region.partner[index]))
    for index in binaries(unit, {"<", "<=", ">", ">="}):
        ranges.append((index + 1, region.right_operand(index)))
    for statement in unit.statements:
        for declarator in statement.declarators:
            words = set(declarator.type)
            if declarator.initializer and words & {"int", "size_t"}:
                ranges.append(declarator.initializer)
    for bounds in ranges:
        text = unit.span(bounds)
        if not re.search(r"\d\.\d|\.\d|\d\.", text):
            for change in ("+ 1", "- 1"):
                yield unit.replace(*bounds, f"({text}) {change}")
    for index in unit.indices:
        token = region.tokens[index]
        if token.kind == "number" and token.text.isdigit():
            if not re.match(r"get_\w+", region[index - 2]):
                for change in (1, -1):
                    value = int(token.text) + change
                    yield unit.replace(index, index + 1, str(value) if value >= 0 else "(-1)")
