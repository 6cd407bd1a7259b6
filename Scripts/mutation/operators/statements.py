"""Statements: dropped, swapped, assigned otherwise."""

from ..registry import operator
from ..sites import assignment, expression_statements, is_barrier
from ..syntax import ASSIGNMENTS


@operator("statement-dropped", "an assignment or a call that is not there")
def statement_dropped(unit):
    for statement in expression_statements(unit):
        if not is_barrier(unit, statement) and not is_store(unit, statement):
            yield unit.replace(statement.start, statement.end, ";")


def is_store(unit, statement):
    equals = assignment(unit, statement)
    if equals is None:
        return False
    left = unit.region.span(statement.start, equals)
    return "[" in left or left.startswith("*")


@operator("store-dropped", "memory that keeps what was there before")
def store_dropped(unit):
    for statement in expression_statements(unit):
        if is_store(unit, statement):
            yield unit.replace(statement.start, statement.end, ";")


def effects(unit, start, end):
    """The names that tokens start ..< end read, and those that they change."""
    region, reads, writes = unit.region, set(), set()
    for index in range(start, end):
        if region.tokens[index].kind != "name" or region[index - 1] == ".":
            continue
        last = region.unary_end(index)
        is_target = region[last] in ASSIGNMENTS or region[index - 1] in ("++", "--")
        if is_target or region[last - 1] in ("++", "--"):
            writes.add(region[index])
        if region[last] != "=" or region[index + 1] != "=":
            # A store through a pointer leaves the pointer as it is.
            reads.update([region[index]] if region[last] != "=" else [])
    return reads, writes


def depend(unit, one, other):
    """Whether the order of two statements may matter."""
    if any(unit.region[s.start] == "barrier" or s.kind == "macro" for s in (one, other)):
        return True
    (reads, writes), (reads_too, writes_too) = (effects(unit, s.start, s.end) for s in (one, other))
    return bool(writes & reads_too or writes_too & reads)


@operator("statements-swapped", "neighbouring statements, one of which needs the other, swapped")
def statements_swapped(unit):
    for statement in unit.statements:
        if statement.kind != "block":
            continue
        for one, other in zip(statement.children, statement.children[1:]):
            kinds = {one.kind, other.kind}
            if kinds <= {"expression", "macro", "if", "for"}:
                first = unit.region.span(one.start, one.end)
                second = unit.region.span(other.start, other.end)
                if first != second and depend(unit, one, other):
                    yield (
                        unit.replace(one.start, one.end, second),
                        unit.replace(other.start, other.end, first))


@operator("barrier-removed", "a barrier that is not there")
def barrier_removed(unit):
    for statement in expression_statements(unit):
        if is_barrier(unit, statement):
            yield unit.replace(statement.start, statement.end, ";")


@operator("assignment-changed", "+= becomes = or -=; ++ is lost or counts down")
def assignment_changed(unit):
    region = unit.region
    swaps = {"+=": ("=", "-="), "-=": ("=", "+="), "*=": ("=", "/="), "/=": ("=", "*=")}
    for index in unit.indices:
        for other in swaps.get(region[index], ()):
            yield unit.replace(index, index + 1, other)
        if region[index] == "++" and region[index - 1] in ("(", ";", "{"):
            yield unit.delete(index, index + 1)
            yield unit.replace(index, index + 1, "--")
