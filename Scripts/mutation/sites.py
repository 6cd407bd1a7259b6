"""Places in a unit that several operators look for."""

from .syntax import ASSIGNMENTS


def binaries(unit, marks):
    region = unit.region
    for index in unit.indices:
        if region[index] in marks and region.tokens[index].kind == "mark":
            if region.is_binary(index):
                yield index


def ternaries(unit):
    """(condition, then, else) token ranges of each conditional expression."""
    region = unit.region
    for index in unit.indices:
        if region[index] != "?" or not region.ends_operand(index - 1):
            continue
        start = region.unary_start(index - 1)
        while region.is_binary(start - 1):
            start = region.unary_start(start - 2)
        colon = index + 1
        while colon < len(region.tokens) and region[colon] != ":":
            colon = region.partner.get(colon, colon) + 1 if region[colon] in "([" else colon + 1
        end = region.unary_end(colon + 1)
        while region.is_binary(end):
            end = region.unary_end(end + 1)
        yield (start, index), (index + 1, colon), (colon + 1, end)


def expression_statements(unit):
    return (s for s in unit.statements if s.kind in ("expression", "macro"))


def is_barrier(unit, statement):
    return unit.region[statement.start] == "barrier"


def assignment(unit, statement):
    """The index of an expression statement's assignment operator."""
    index = statement.start
    while index < statement.end:
        if unit.region[index] in ASSIGNMENTS:
            return index
        if unit.region[index] in ("(", "["):
            index = unit.region.partner.get(index, index)
        index += 1
    return None
