"""A draw of mutants, judged several at a time."""

import random
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from .judges import Workplace


@dataclass
class Result:
    number: int
    mutant: object
    verdicts: dict = field(default_factory=dict)  # by judge


def draw(mutants, seed):
    """All mutants in a random order that takes operators in turn, so that the rare ones are tried."""
    generator = random.Random(seed)
    by_operator = defaultdict(list)
    for mutant in mutants:
        by_operator[mutant.operator].append(mutant)
    for group in by_operator.values():
        generator.shuffle(group)
    order = []
    while by_operator:
        names = list(by_operator)
        generator.shuffle(names)
        for name in names:
            order.append(by_operator[name].pop())
            if not by_operator[name]:
                del by_operator[name]
    return order


class Progress:
    """One line on a terminal, nothing elsewhere."""

    def __init__(self):
        self.shown = sys.stderr.isatty()

    def __call__(self, text):
        if self.shown:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def note(self, text):
        """A line that stays."""
        self("")
        print(text, file=sys.stderr, flush=True)

    def done(self):
        self("")


def sift(order, count, compiler, jobs, progress):
    """The first `count` mutants that build and are not proven equivalent; and the others before them."""
    kept, dropped = [], {"stillborn": [], "equivalent": []}
    position = 0
    with ThreadPoolExecutor(jobs) as pool:
        while len(kept) < count and position < len(order):
            batch = order[position:position + 4 * jobs]
            position += len(batch)
            for mutant, kind in zip(batch, pool.map(compiler.judge, batch)):
                if len(kept) == count:
                    break
                (kept if kind is None else dropped[kind]).append(mutant)
            progress(f"{len(kept)} of {count} mutants drawn")
    progress.done()
    return kept, dropped


def check_sound(sources, judges):
    """Every judge must pass the kernels as they are."""
    for judge in judges:
        with Workplace(sources) as place:
            verdict = place.judged_by(judge)
        if verdict.is_killed:
            raise SystemExit(
                f"mutate-kernels: error: {judge.name} fails without any mutation"
                f" ({verdict.reason}):\n{verdict.output}")


def run(mutants, sources, judges, jobs, progress):
    """The verdict of every judge on every mutant, in the order given."""
    def judged(number, mutant):
        result = Result(number, mutant)
        with Workplace(sources, mutant) as place:
            for judge in judges:
                result.verdicts[judge.name] = place.judged_by(judge)
        return result

    results, survivors = [], 0
    with ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(judged, n, m) for n, m in enumerate(mutants)]
        for future in as_completed(waiting):
            result = future.result()
            results.append(result)
            blind = [name for name, v in result.verdicts.items() if not v.is_killed]
            survivors += bool(blind)
            if blind:
                progress.note(f"survives {' and '.join(blind)}: {result.mutant.described()}")
            progress(f"{len(results)} of {len(mutants)} mutants judged, {survivors} survive somewhere")
    progress.done()
    return sorted(results, key=lambda r: r.number)
