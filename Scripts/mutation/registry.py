"""The operators by their names, in the order in which they were registered."""

OPERATORS = {}


def operator(name, what):
    """Registers a generator of edits (or tuples of edits) under a name."""
    def register(function):
        OPERATORS[name] = (what, function)
        return function
    return register
