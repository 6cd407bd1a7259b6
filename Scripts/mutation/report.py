"""What a campaign found: a table and the survivors as text, everything as JSON."""

import json
from collections import defaultdict


def rate(results, judge):
    killed = sum(r.verdicts[judge].is_killed for r in results)
    share = 100 * killed / len(results) if results else 0
    return f"{killed}/{len(results)} {share:5.1f} %"


def text(results, dropped, judges, title):
    lines = [title]
    proven, stillborn = len(dropped["equivalent"]), len(dropped["stillborn"])
    lines.append(
        f"mutants {len(results)}; besides, {proven} proven equivalent and {stillborn} that do not build")
    names = [j.name for j in judges]
    by_operator = defaultdict(list)
    for result in results:
        by_operator[result.mutant.operator].append(result)
    width = max([len(o) for o in by_operator] + [8])
    lines.append(f"\n{'operator':{width}}" + "".join(f"  {n:>16}" for n in names))
    for name in sorted(by_operator):
        row = "".join(f"  {rate(by_operator[name], j):>16}" for j in names)
        lines.append(f"{name:{width}}{row}")
    lines.append(f"{'all':{width}}" + "".join(f"  {rate(results, j):>16}" for j in names))
    for name in names:
        survivors = [r for r in results if not r.verdicts[name].is_killed]
        if survivors:
            lines.append(f"\nsurvivors of {name}:")
        for result in survivors:
            lines.append(f"  #{result.number} {result.mutant.described()}")
    return "\n".join(lines)


def write_json(path, results, dropped, judges, facts):
    def described(mutant):
        return {
            "file": mutant.file, "line": mutant.line, "operator": mutant.operator,
            "before": mutant.before, "after": mutant.after}

    record = dict(facts)
    record["judges"] = {
        j.name: {
            "killed": sum(r.verdicts[j.name].is_killed for r in results), "of": len(results)}
        for j in judges}
    record["mutants"] = [
        {
            "number": r.number, **described(r.mutant),
            "verdicts": {
                name: {"killed": v.is_killed, "reason": v.reason, "output": v.output[-1000:]}
                for name, v in r.verdicts.items()}}
        for r in results]
    record["equivalent"] = [described(m) for m in dropped["equivalent"]]
    record["stillborn"] = [described(m) for m in dropped["stillborn"]]
    with open(path, "w") as file:
        json.dump(record, file, indent=1)
