"""What operators look at: the functions of a kernel file, or one macro's body."""

import re

from .edits import Edit
from .syntax import Region, SourceFile, Statement


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
