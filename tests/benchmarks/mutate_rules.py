"""How well the vectors guard the rules: every rule of the content is changed in one place, and a vector must notice.

    python -m tests.benchmarks.mutate_rules [--vectors DIR]… [-v]

Changed are, one at a time: ``== !=``, ``< <=``, ``> >=``, ``in`` and ``not in`` for each other; ``'yes'`` and ``'no'``; numbers by one up
and down, dates by one day; one member of a list left out; ``and`` and ``or``; ``not`` left out. The rules are those of filings (applies,
likely, start of effect, time limits, recurring duties), of red findings, and of the facts that follow from others. A change that no set
of facts can show is listed with the reason in ``tests/data/equivalent_mutants.yaml``. Prints caught/total and every survivor; ends with 1
if there is one. Runs in memory: only the changed rule is worked out anew.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from compliance.catalogue_check.common import day_of, plain
from compliance.regimes.applicability import rule_on, timing
from portal.catalogue import Catalogue, Env, environment
from portal.catalogue.installed import catalogue
from portal.core.expressions import UNKNOWN, Expression, ExpressionError, Scope
from portal.core.expressions.tree import Arithmetic, Call, Comparison, Junction, ListOf, Literal, Name, Negative, Not, Tree

DATA = Path(__file__).resolve().parents[1] / "data"
VECTORS, EQUIVALENT = DATA / "vectors", DATA / "equivalent_mutants.yaml"
_SWAPPED = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "in": "not in", "not in": "in"}
_WORDS = {"yes": "no", "no": "yes"}


@dataclass(frozen=True)
class Mutant:
    """One changed rule. ``owner``: filing, red finding or fact; ``part``: which rule of it; ``change``: what was done."""

    owner: str
    part: str
    change: str
    text: str

    @property
    def name(self) -> str:
        """As the list of equivalent ones calls it."""
        return f"{self.owner} {self.part}: {self.change}"


@dataclass
class Score:
    """What a run found."""

    total: int = 0
    survivors: list[Mutant] = field(default_factory=list)
    equivalent: list[Mutant] = field(default_factory=list)

    @property
    def caught(self) -> int:
        """Mutants that a vector noticed."""
        return self.total - len(self.survivors) - len(self.equivalent)


def written(node: Tree) -> str:
    """The rule as text again, every part in parentheses."""
    match node:
        case Literal(value=bool() as value):
            return str(value)
        case Literal(value=str() as value):
            return f"'{value}'"
        case Literal(value=value):
            return format(value, "f") if isinstance(value, Decimal) else str(value)
        case ListOf(parts=parts):
            return f"[{', '.join(written(part) for part in parts)}]"
        case Name(id=name):
            return name
        case Not(part=part):
            return f"(not {written(part)})"
        case Negative(part=part):
            return f"(-{written(part)})"
        case Junction(word=word, parts=parts):
            return f"({f' {word} '.join(written(part) for part in parts)})"
        case Comparison(op=op, left=left, right=right) | Arithmetic(op=op, left=left, right=right):
            return f"({written(left)} {op} {written(right)})"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(written(one) for one in arguments)})"


def mutations(node: Tree) -> Iterator[tuple[str, Tree]]:
    """(what was changed, the changed tree) for every single change below the node."""
    match node:
        case Comparison(op=op, left=left, right=right):
            yield f"{written(node)[1:-1]} → {_SWAPPED[op]}", replace(node, op=_SWAPPED[op])
            for said, part in mutations(left):
                yield said, replace(node, left=part)
            for said, part in mutations(right):
                yield _inside(node, said), replace(node, right=part)
        case Arithmetic(left=left, right=right):
            for said, part in mutations(left):
                yield said, replace(node, left=part)
            for said, part in mutations(right):
                yield _inside(node, said), replace(node, right=part)
        case Literal(value=value):
            yield from ((f"{written(node)} → {written(other)}", other) for other in _other(node, value))
        case ListOf(parts=parts):
            for place, part in enumerate(parts):
                yield f"{written(node)} without {written(part)}", replace(node, parts=parts[:place] + parts[place + 1 :])
        case Not(part=part):
            yield f"{written(node)[1:-1]} → not left out", part
            yield from ((said, replace(node, part=other)) for said, other in mutations(part))
        case Negative(part=part):
            yield from ((said, replace(node, part=other)) for said, other in mutations(part))
        case Junction(word=word, parts=parts):
            other_word = "or" if word == "and" else "and"
            yield f"{written(node)[1:-1]} → {other_word}", replace(node, word=other_word)
            for place, part in enumerate(parts):
                for said, other in mutations(part):
                    yield said, replace(node, parts=(*parts[:place], other, *parts[place + 1 :]))
        case Call(function="date", arguments=(Literal(value=value),)):
            for days in (-1, 1):
                day = (dt.date.fromisoformat(str(value)) + dt.timedelta(days)).isoformat()
                yield f"{written(node)} → {day}", replace(node, arguments=(replace(node.arguments[0], value=day),))  # type: ignore[arg-type]
        case Call(arguments=arguments):
            for place, one in enumerate(arguments):
                for said, other in mutations(one):
                    yield _inside(node, said), replace(node, arguments=(*arguments[:place], other, *arguments[place + 1 :]))


def _inside(node: Tree, said: str) -> str:
    text = written(node)
    return f"{said} in {text[1:-1] if text.startswith('(') else text}" if not said.startswith(text) else said


def _other(node: Literal, value: object) -> list[Literal]:
    if isinstance(value, str):
        return [replace(node, value=_WORDS[value])] if value in _WORDS else []
    if isinstance(value, bool):
        return [replace(node, value=not value)]
    return [replace(node, value=value - 1), replace(node, value=value + 1)] if isinstance(value, int | Decimal) else []


@dataclass(frozen=True)
class Case:
    """One scenario made ready. ``results``: expected result by filing; ``shown``: the complete list, where it is given."""

    vector: dict[str, Any]
    env: Env
    today: dt.date


def cases(content: Catalogue, folders: Sequence[Path]) -> list[Case]:
    """Every scenario of the folders with its environment."""
    found = []
    for folder in folders:
        for path in sorted(folder.glob("filings_scenarios*.yaml")):
            for one in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["scenarios"]:
                found.append(Case(one, environment(content, one["facts"], one.get("filing_states")), day_of(one, "as_of")))
    return found


class Run:
    """The vectors by what they say of each rule, and the question whether one notices a changed rule."""

    def __init__(self, content: Catalogue, folders: Sequence[Path]) -> None:
        self.content = content
        self.cases = cases(content, folders)
        self.said: defaultdict[str, list[tuple[Case, str, Any]]] = defaultdict(list)
        for case in self.cases:
            self._file(case)

    def _file(self, case: Case) -> None:
        vector = case.vector
        for name, wanted in vector["expected"].items():
            self.said[f"result {name}"].append((case, name, wanted))
        complete = vector.get("expected_complete")
        if complete is not None:
            for name in self.content.filings:
                self.said[f"result {name}"].append((case, name, (frozenset(complete["results"]), name in complete["ids"])))
        for kind, key in (
            ("timing", "timing"),
            ("blocker", "blockers"),
            ("derived", "derived"),
            ("limit", "clocks"),
            ("turn", "recurring"),
        ):
            for name, wanted in (vector.get(key) or {}).items():
                self.said[f"{kind} {name}"].append((case, name, wanted))

    def mutants(self) -> Iterator[tuple[Mutant, Callable[[Expression], bool]]]:
        """Every mutant with the question whether a vector notices it."""
        for filing in self.content.filings.values():
            yield from self._of(filing.id, "applies", filing.applies_when, self._result(filing, "applies_when"))
            if filing.likely_when is not None:
                yield from self._of(filing.id, "likely", filing.likely_when, self._result(filing, "likely_when"))
            for place, case in enumerate(filing.effective_cases):
                yield from self._of(filing.id, f"start {place + 1}", case.when, self._timing(filing, place))
            for kind, rows in (("limit", filing.clocks), ("turn", filing.recurring)):
                for place, one in enumerate(rows):
                    if one.when is not None:
                        part = f"{kind} {place + 1}"
                        yield from self._of(filing.id, part, one.when, self._truth(f"{kind} {filing.id}/{place + 1}"))
        for blocker in self.content.blockers.values():
            yield from self._of(blocker.id, "applies", blocker.applies_when, self._blocker(blocker))
        for fact in self.content.derived_facts:
            if fact.derived is not None:
                yield from self._of(fact.id, "derived", fact.derived, self._derived(fact.id))

    def _of(self, owner: str, part: str, rule: Expression, notices: Callable[[Expression], bool]) -> Iterator[Any]:
        seen: set[str] = set()
        for said, tree in mutations(rule.tree):
            name, count = said, 2
            while name in seen:  # the same comparison stands twice in the rule
                name, count = f"{said} ({count})", count + 1
            seen.add(name)
            yield Mutant(owner, part, name, written(tree)), notices

    def _result(self, filing: Any, which: str) -> Callable[[Expression], bool]:
        def notices(rule: Expression) -> bool:
            changed = replace(filing, **{which: rule})
            return any(
                not _fits(rule_on(case.env, changed.applies_when, changed.likely_when).result, wanted)
                for case, _name, wanted in self.said[f"result {filing.id}"]
            )

        return notices

    def _timing(self, filing: Any, place: int) -> Callable[[Expression], bool]:
        def notices(rule: Expression) -> bool:
            starts = list(filing.effective_cases)
            starts[place] = replace(starts[place], when=rule)
            changed = replace(filing, effective_cases=tuple(starts))
            return any(timing(case.env, changed, case.today).state != wanted for case, _name, wanted in self.said[f"timing {filing.id}"])

        return notices

    def _truth(self, key: str) -> Callable[[Expression], bool]:
        return lambda rule: any(plain(rule.truth(case.env.scope)) != wanted for case, _name, wanted in self.said[key])

    def _blocker(self, blocker: Any) -> Callable[[Expression], bool]:
        return lambda rule: any(
            rule_on(case.env, rule, blocker.likely_when).result != wanted for case, _name, wanted in self.said[f"blocker {blocker.id}"]
        )

    def _derived(self, name: str) -> Callable[[Expression], bool]:
        """A changed derivation shows in itself, in what follows from it, or in a filing that reads it."""

        def notices(rule: Expression) -> bool:
            for case in self.cases:
                truth = rule.truth(case.env.scope)
                value = UNKNOWN if truth is UNKNOWN else "yes" if truth is True else "no"
                if value == case.env.values[name]:
                    continue
                if self._differs(case, _derived_anew(case.env, name, value)):
                    return True
            return False

        return notices

    def _differs(self, case: Case, env: Env) -> bool:
        vector = case.vector
        if any(plain(env.values[name]) != wanted for name, wanted in (vector.get("derived") or {}).items()):
            return True
        wanted: dict[str, Any] = dict(vector["expected"])
        if vector.get("expected_complete"):
            complete = vector["expected_complete"]
            wanted = {name: (frozenset(complete["results"]), name in complete["ids"]) for name in self.content.filings} | wanted
        for name, result in wanted.items():
            filing = self.content.filings[name]
            if not _fits(rule_on(env, filing.applies_when, filing.likely_when).result, result):
                return True
        for name, result in (vector.get("blockers") or {}).items():
            blocker = self.content.blockers[name]
            if rule_on(env, blocker.applies_when, blocker.likely_when).result != result:
                return True
        return False


def _fits(result: str, wanted: Any) -> bool:
    return (result in wanted[0]) == wanted[1] if isinstance(wanted, tuple) else result == wanted


def _derived_anew(env: Env, name: str, value: object) -> Env:
    values = {**env.values, name: value}
    scope = Scope(values, env.scope.functions, env.scope.yes_no)
    below = False
    for fact in env.catalogue.derived_facts:
        if below and fact.derived is not None:
            truth = fact.derived.truth(scope)
            values[fact.id] = UNKNOWN if truth is UNKNOWN else "yes" if truth is True else "no"
        below = below or fact.id == name
    return Env(env.catalogue, values, scope, env.filing_states)


def equivalents() -> dict[str, str]:
    """Reasons of the changes that no set of facts can show, by name of the mutant."""
    if not EQUIVALENT.is_file():
        return {}
    listed = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8"))["mutants"] or []
    return {one["mutant"]: one["reason"] for one in listed}


def run(content: Catalogue | None = None, folders: Sequence[Path] = (VECTORS,)) -> Score:
    """Try every mutant."""
    score, excused = Score(), equivalents()
    for mutant, notices in Run(content or catalogue(), folders).mutants():
        score.total += 1
        try:
            caught = notices(Expression(mutant.text))
        except ExpressionError:
            caught = True
        if not caught:
            (score.equivalent if mutant.name in excused else score.survivors).append(mutant)
    return score


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", type=Path, action="append", help="folder of vectors; may be repeated (default: tests/data/vectors)")
    parser.add_argument("-v", action="store_true", help="list the equivalent ones with their reasons too")
    arguments = parser.parse_args()
    start = time.perf_counter()
    score = run(folders=arguments.vectors or [VECTORS])
    for mutant in score.survivors:
        print(f"survives: {mutant.name}")
    if arguments.v:
        reasons = equivalents()
        for mutant in score.equivalent:
            print(f"equivalent: {mutant.name}: {reasons[mutant.name]}")
    real = score.total - len(score.equivalent)
    print(
        f"{score.total} changes of one place in the rules, {len(score.equivalent)} of them make no difference; "
        f"caught {score.caught} of {real} ({100 * score.caught / max(real, 1):.1f} %) in {time.perf_counter() - start:.1f} s"
    )
    sys.exit(1 if score.survivors else 0)


if __name__ == "__main__":
    main()
