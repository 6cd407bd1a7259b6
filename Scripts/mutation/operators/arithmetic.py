"""Arithmetic: activations, precision, constants."""

import re

from ..registry import operator
from ..sites import assignment
from ..syntax import ASSIGNMENTS


@operator("activation", "an activation left out, applied twice, or applied before the norm")
def activation(unit):
    region = unit.region
    inside = set(unit.indices)
    for name, arguments in region.calls():
        if region[name] != "ACTIVATE" or name not in inside or len(arguments) != 2:
            continue
        whole = (name, region.partner[name + 1] + 1)
        value, learnt = (unit.span(a) for a in arguments)
        yield unit.replace(*whole, f"({value})")
        yield unit.replace(*whole, f"ACTIVATE(ACTIVATE({value}, {learnt}), {learnt})")
        inner = arguments[0][0]
        if region[inner + 1] == "(" and region.partner[inner + 1] == arguments[0][1] - 1:
            parts = [unit.span(p) for p in region.split(inner + 2, arguments[0][1] - 1)]
            before = ", ".join([f"ACTIVATE({parts[0]}, {learnt})"] + parts[1:])
            yield unit.replace(*whole, f"{region[inner]}({before})")
            if region[inner] == "fma" and len(parts) == 3:
                yield unit.replace(
                    *whole, f"(ACTIVATE(({parts[0]}) * ({parts[1]}), {learnt}) + ({parts[2]}))")


@operator("precision-narrowed", "a sum or another intermediate value rounded to half precision")
def precision_narrowed(unit):
    region = unit.region
    for statement in unit.statements:
        for declarator in statement.declarators:
            words = set(declarator.type)
            is_float = any(re.match(r"v?float\d*$", w) for w in words) and "*" not in words
            if is_float and declarator.initializer and statement.kind == "declaration":
                start, end = declarator.initializer
                if end - start > 3:
                    yield unit.replace(start, end, f"narrowed_({region.span(start, end)})")
        equals = assignment(unit, statement) if statement.kind == "expression" else None
        if equals is None or region[equals] not in ("=", "+=", "*="):
            continue
        left = region.span(statement.start, equals)
        base = unit.types.get(region[statement.start], ())
        if "*" in base and "[" not in left or set(base) & {"int", "size_t"}:
            continue
        end = statement.end - (region[statement.end - 1] == ";")
        right = region.span(equals + 1, end)
        if region[equals] != "=":
            right = f"{left} {region[equals][0]} ({right})"
        if end - equals > 2 or region[equals] != "=":
            yield unit.replace(statement.start, end, f"{left} = narrowed_({right})")


@operator("constant-changed", "another constant: 0 for 1, a sign, one percent; epsilon, infinity")
def constant_changed(unit):
    region = unit.region
    for index in unit.indices:
        token = region.tokens[index]
        if token.kind == "number" and not token.text.isdigit() and "x" not in token.text:
            zero = float(token.text.rstrip("fF")) == 0
            yield unit.replace(index, index + 1, "1.0f" if zero else "0.0f")
            if not zero:
                yield unit.replace(index, index + 1, f"(1.01f * {token.text})")
                yield unit.replace(index, index + 1, f"(-{token.text})")
        elif token.text == "INFINITY":
            yield unit.replace(index, index + 1, "0.0f")
            yield unit.replace(index, index + 1, "1.0f")
        elif getattr(unit, "parameters", {}).get(token.text) in (("float",), ("const", "float")):
            if region[index + 1] not in ASSIGNMENTS and region[index - 1] != ".":
                yield unit.replace(index, index + 1, "0.0f")
                yield unit.replace(index, index + 1, f"(2.0f * {token.text})")
