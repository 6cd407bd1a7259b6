"""All mutants of a file: each operator finds its own sites.

An operator is a generator over a `Unit` that yields edits. Nothing here knows a kernel by name.
"""

from . import operators  # noqa: F401: registers them
from .edits import Edit, Mutant
from .registry import OPERATORS
from .syntax import SourceFile
from .units import Unit, walk


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
