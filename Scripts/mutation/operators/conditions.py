"""Conditions and jumps."""

from ..registry import operator
from ..sites import binaries, ternaries


def conditions(unit):
    for statement in unit.statements:
        if statement.kind in ("if", "while") and statement.condition:
            yield statement.condition
    for condition, _, _ in ternaries(unit):
        yield condition


@operator("condition-negated", "a condition turned round, as a whole or one comparison of it")
def condition_negated(unit):
    for condition in conditions(unit):
        yield unit.replace(*condition, f"!({unit.span(condition)})")
    swaps = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
    for index in binaries(unit, swaps):
        yield unit.replace(index, index + 1, swaps[unit.region[index]])


@operator("guard-removed", "a condition always or never true; one part of && or || lost")
def guard_removed(unit):
    region = unit.region
    for condition in conditions(unit):
        for value in "10":
            yield unit.replace(*condition, value)
    for index in binaries(unit, {"&&", "||"}):
        yield unit.delete(index, region.right_operand(index))
        start = region.unary_start(index - 1)
        while region.is_binary(start - 1) and region[start - 1] not in ("&&", "||"):
            start = region.unary_start(start - 2)
        yield unit.delete(start, index + 1)
        yield unit.replace(index, index + 1, "||" if region[index] == "&&" else "&&")


@operator("jump-changed", "continue, break and return: another one, or none")
def jump_changed(unit):
    for statement in unit.statements:
        word = statement.kind
        if word in ("continue", "break"):
            other = "break;" if word == "continue" else "continue;"
            yield unit.replace(statement.start, statement.end, other)
        if word in ("continue", "break", "return"):
            if word != "return" or statement.end - statement.start == 2:
                yield unit.replace(statement.start, statement.end, ";")
