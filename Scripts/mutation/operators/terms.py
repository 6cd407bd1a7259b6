"""Terms and operands."""

import re

from ..registry import operator
from ..sites import binaries, ternaries


@operator("term-dropped", "a + b becomes a or b, a * b likewise")
def term_dropped(unit):
    region = unit.region
    for index in binaries(unit, {"+", "-", "*", "/", "%", "&", "|"}):
        yield unit.delete(index, region.right_operand(index))
        start = region.unary_start(index - 1)
        while region.is_binary(start - 1) and region[start - 1] in "*/%" and region[index] in "+-":
            start = region.unary_start(start - 2)
        end = index if region[index] == "-" else index + 1
        yield unit.delete(start, end)


@operator("operands-swapped", "a - b becomes b - a; arguments and branches change places")
def operands_swapped(unit):
    region = unit.region
    for index in binaries(unit, {"-", "/", "%"}):
        start, end = region.left_operand(index), region.right_operand(index)
        left, right = region.span(start, index), region.span(index + 1, end)
        yield unit.replace(start, end, f"({right}) {region[index]} ({left})")
    inside = set(unit.indices)
    for name, arguments in region.calls():
        if name not in inside or region[name] in ("min", "max", "fmin", "fmax", "clamp"):
            continue
        for position, (one, other) in enumerate(zip(arguments, arguments[1:])):
            a, b = unit.span(one), unit.span(other)
            if a != b and not (region[name] == "fma" and position == 0):
                yield unit.replace(one[0], other[1], f"{b}, {a}")
    for condition, yes, no in ternaries(unit):
        yield unit.replace(yes[0], no[1], f"{unit.span(no)} : {unit.span(yes)}")


@operator("operator-replaced", "another arithmetic operator; a sign or a ! lost")
def operator_replaced(unit):
    region = unit.region
    swaps = {"+": "-", "-": "+", "*": "+", "/": "*", "%": "/", "&": "|", "|": "&"}
    for index in binaries(unit, swaps):
        yield unit.replace(index, index + 1, swaps[region[index]])
    for index in unit.indices:
        if region[index] in ("-", "!") and not region.is_binary(index):
            if index + 1 < len(region.tokens):
                yield unit.delete(index, index + 1)


@operator("call-reduced", "f(a, b) becomes a or b: a root, a clamp, a sum's step left out")
def call_reduced(unit):
    inside = set(unit.indices)
    for name, arguments in unit.region.calls():
        if name in inside and not re.match(r"get_|barrier", unit.region[name]):
            closing = unit.region.partner[name + 1]
            for argument in arguments:
                yield unit.replace(name, closing + 1, f"({unit.span(argument)})")


@operator("min-max", "min and max, fmin and fmax")
def min_max(unit):
    swaps = {"min": "max", "max": "min", "fmin": "fmax", "fmax": "fmin"}
    for index in unit.indices:
        if unit.region[index] in swaps:
            yield unit.replace(index, index + 1, swaps[unit.region[index]])
