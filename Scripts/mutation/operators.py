"""What a mutant changes: each operator finds its own sites in a kernel file.

An operator is a generator over a `Unit` (all function bodies of a file, or one macro's body) that
yields edits. Nothing here knows a kernel by name.
"""

import re
from dataclasses import dataclass

from .syntax import ASSIGNMENTS, Region, SourceFile, Statement

# Rounds to the eleven significant bits of a half; put before the text that uses it.
NARROWING = "".join(
    f"static {t} __attribute__((overloadable)) narrowed_({t} v) "
    f"{{ return as_{t}((as_u{t.replace('float', 'int')}(v) + 0x1000u) & 0xffffe000u); }} "
    for t in ("float", "float2", "float4", "float8", "float16"))


@dataclass(frozen=True)
class Edit:
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Mutant:
    file: str
    operator: str
    line: int
    edits: tuple
    before: str
    after: str

    def apply(self, text):
        for edit in sorted(self.edits, key=lambda e: e.start, reverse=True):
            text = text[:edit.start] + edit.text + text[edit.end:]
        if any("narrowed_" in e.text for e in self.edits):
            text = NARROWING + "\n#line 1\n" + text
        return text

    @property
    def place(self):
        return f"Kernels/{self.file}:{self.line}"

    def described(self):
        return f"{self.place} {self.operator}\n      {self.before}\n   -> {self.after}"


class Unit:
    """A region with its statements and what is declared in it."""

    def __init__(self, file: SourceFile, region: Region, functions, statements):
        self.file = file
        self.region = region
        self.statements = statements
        if functions is None:
            self.indices = list(range(len(region.tokens)))
        else:
            self.indices = [
                i for f in functions for i in range(f.body.start, f.body.end)]
        self.types, self.siblings, self.launch_names = {}, {}, set()
        for function in functions or []:
            self._declare(function)

    def _declare(self, function):
        self.parameters = getattr(self, "parameters", {})
        for declarator in function.parameters:
            self.parameters.setdefault(declarator.name, declarator.type)
            self.types.setdefault(declarator.name, declarator.type)
        for first, second in zip(function.parameters, function.parameters[1:]):
            self._relate([first, second])
        previous = []
        for statement in walk(function.body):
            if statement.kind == "declaration":
                self._relate(statement.declarators)
                self._relate(previous[-1:] + statement.declarators[:1])
                previous = statement.declarators
            elif statement.kind != "for":
                previous = []
            for declarator in statement.declarators:
                self.types.setdefault(declarator.name, declarator.type)
                if declarator.initializer and re.search(
                        r"get_(group|global|local)_id", self.region.span(*declarator.initializer)):
                    self.launch_names.add(declarator.name)

    def _relate(self, declarators):
        for one in declarators:
            for other in declarators:
                if one is not other and one.type == other.type and one.name != other.name:
                    self.siblings.setdefault(one.name, []).append(other.name)

    # Edits.

    def replace(self, start, end, text):
        """Puts text in the place of tokens start ..< end."""
        tokens = self.region.tokens
        return Edit(tokens[start].start, tokens[end - 1].end, text)

    def delete(self, start, end):
        return self.replace(start, end, "")

    def span(self, bounds):
        return self.region.span(*bounds)


def walk(statement: Statement):
    yield statement
    for child in statement.children:
        yield from walk(child)


OPERATORS = {}


def operator(name, what):
    """Registers a generator of edits (or tuples of edits) under a name."""
    def register(function):
        OPERATORS[name] = (what, function)
        return function
    return register


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


# Bounds and offsets.

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


# Terms and operands.

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


# Names, axes, strides.

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


# Statements.

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


# Conditions and jumps.

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


# Arithmetic.

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


def _preprocessor(file):
    """Branches of #if the other way round."""
    for directive in file.directives:
        if directive.word in ("if", "elif"):
            condition = file.text[directive.start:directive.end]
            yield Edit(directive.start, directive.end, f"!({condition})")


PREPROCESSOR = ("preprocessor", "a condition of #if or #elif turned round")


def names():
    """Every operator's name with what it does."""
    return {**{k: v[0] for k, v in OPERATORS.items()}, PREPROCESSOR[0]: PREPROCESSOR[1]}


def _units(file):
    functions = list(file.code.functions())
    statements = [s for f in functions for s in walk(f.body)]
    yield Unit(file, file.code, functions, statements)
    for macro in file.macros:
        statements = [s for top in macro.body.statements_of_macro() for s in walk(top)]
        yield Unit(file, macro.body, None, statements)


def _mutant(file, name, edits):
    text = file.text
    first = text.rfind("\n", 0, min(e.start for e in edits)) + 1
    last = text.find("\n", max(e.end for e in edits))
    after = text[first:last]
    for edit in sorted(edits, key=lambda e: e.start, reverse=True):
        after = after[:edit.start - first] + edit.text + after[edit.end - first:]
    line = file.line_of(min(e.start for e in edits))
    def tidy(lines):
        return " ".join(lines.replace("\\\n", " ").split())

    return Mutant(file.name, name, line, tuple(edits), tidy(text[first:last]), tidy(after))


def mutants_of(file: SourceFile):
    """All mutants of a file, in a fixed order, none twice."""
    found, seen = [], {file.text}
    def add(name, edits):
        edits = edits if isinstance(edits, tuple) else (edits,)
        if any("\n#" in file.text[e.start:e.end] for e in edits):
            return
        mutant = _mutant(file, name, edits)
        text = mutant.apply(file.text)
        if text not in seen:
            seen.add(text)
            found.append(mutant)

    for unit in _units(file):
        for name, (_, sites) in OPERATORS.items():
            for edits in sites(unit):
                add(name, edits)
    for edit in _preprocessor(file):
        add(PREPROCESSOR[0], edit)
    return found
