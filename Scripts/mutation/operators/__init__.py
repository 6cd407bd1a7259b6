"""The operators by what they change. Importing a file registers what is in it, in this order."""

from . import bounds, terms, names, statements, conditions, arithmetic  # noqa: F401
