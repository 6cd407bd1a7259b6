"""Medians of a few rounds, and how far they may be off."""

import statistics
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """The median of what rounds gave, the lowest and the highest of them."""
    median: float
    low: float
    high: float
    rounds: int

    @classmethod
    def of(cls, values):
        return cls(statistics.median(values), min(values), max(values), len(values))

    def text(self, decimals=1):
        return f"{self.median:.{decimals}f} ({self.low:.{decimals}f}–{self.high:.{decimals}f})"


def ratios(ours, theirs):
    """Round by round: what slows the machine down for a while slows both."""
    return Figure.of([a / b for a, b in zip(ours, theirs)])
