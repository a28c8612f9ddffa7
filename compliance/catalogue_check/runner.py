"""All vector files of a folder through the engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from compliance.catalogue_check import items, rules
from compliance.catalogue_check.common import Fault, Vector
from portal.catalogue import Catalogue
from portal.core.expressions import ExpressionError

Check = Callable[[Catalogue, Vector, Fault], None]

# (beginning of the file name, key in the file, name in the count, check). A folder may hold several files of a kind.
KINDS: tuple[tuple[str, str, str, Check], ...] = (
    ("filings_scenarios", "scenarios", "filings_scenarios", rules.scenario),
    ("item_verdicts", "cases", "item_verdicts", items.verdict_case),
    ("item_verdicts", "visibility", "visibility", items.visibility_case),
    ("calculators", "cases", "calculators", items.calculator_case),
    ("calendar", "cases", "calendar", items.calendar_case),
    ("gates", "cases", "gates", items.gate_case),
    ("tiers", "cases", "tiers", rules.tier_case),
    ("tiers", "counts", "tier counts", rules.tier_count),
    ("tiers", "changes", "tier changes", rules.tier_change),
    ("expressions", "cases", "expressions", rules.expression),
)


@dataclass
class Report:
    """``mismatches``: one line each; ``counts``: vectors run by kind; ``wrong``: vectors with a mismatch by kind."""

    mismatches: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)

    def closing_lines(self) -> list[str]:
        """The count of each kind, and of all."""
        lines = [f"{kind}: {number - self.wrong.get(kind, 0)} of {number} right" for kind, number in self.counts.items()]
        return [*lines, f"all: {sum(self.counts.values())} vectors, {len(self.mismatches)} mismatches"]


def run_vectors(catalogue: Catalogue, folder: Path) -> Report:
    """Run every vector of a folder. A file that cannot be read, and a folder without vectors, are mismatches too."""
    report = Report()
    files = {path: _read(path, report) for path in sorted(folder.glob("*.yaml"))}
    seen: set[tuple[str, str, str]] = set()
    for prefix, key, kind, check in KINDS:
        report.counts.setdefault(kind, 0)
        for path, content in files.items():
            if not path.stem.startswith(prefix):
                continue
            for vector in content.get(key) or []:
                name = str(vector.get("id"))
                where = f"{path.name}: {name}"
                if (prefix, key, name) in seen:
                    report.mismatches.append(f"{where}: id used twice")
                seen.add((prefix, key, name))
                report.counts[kind] += 1
                before = len(report.mismatches)
                _run(catalogue, vector, where, check, report)
                report.wrong[kind] = report.wrong.get(kind, 0) + (len(report.mismatches) > before)
    for path, content in files.items():
        if content and not any(path.stem.startswith(prefix) for prefix, *_ in KINDS):
            report.mismatches.append(f"{path.name}: -: unknown kind of vectors")
    if not sum(report.counts.values()):
        report.mismatches.append(f"{folder}: -: no vectors found")
    return report


def _read(path: Path, report: Report) -> Vector:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        report.mismatches.append(f"{path.name}: -: cannot be read: {' '.join(str(error).split())}")
        return {}
    if not isinstance(content, dict):
        report.mismatches.append(f"{path.name}: -: must be a mapping")
        return {}
    return content


def _run(catalogue: Catalogue, vector: Vector, where: str, check: Check, report: Report) -> None:
    def fault(text: str) -> None:
        report.mismatches.append(f"{where}: {text}")

    try:
        check(catalogue, vector, fault)
    except ExpressionError as error:
        fault(str(error))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        fault(f"the vector cannot be run: {type(error).__name__}: {error}")
