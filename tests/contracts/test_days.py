"""What day it is, is asked of the organisation: the active time zone is the one a person reads times in, and decides nothing."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("portal", "assessments", "compliance")
# Where no organisation is asked, and why its day is not meant.
LEFT_OUT = {
    "portal/audit/tasks.py": "the partitions of the trail serve all organisations, months ahead",
    "portal/core/styleguide.py": "samples for the people who build pages",
    "portal/core/drawn.py": "a page outside any organisation; inside one the scope is asked",
    "portal/core/formats.py": "“today 15:20” tells a moment to the person who reads it",
    "compliance/demo/loading.py": "runs in the zone of each organisation before that exists",
    "compliance/management/commands/evaluate_facts.py": "facts from a file, of no organisation",
}


def days_asked_of_the_machine(source: str) -> list[int]:
    """Lines that take a day without saying whose: ``localdate()``, ``date.today()``, ``now().date()``, ``localtime().date()``."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or node.args or node.keywords:
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        inner = node.func.value if isinstance(node.func, ast.Attribute) else None
        of_date = isinstance(inner, ast.Attribute | ast.Name) and (inner.attr if isinstance(inner, ast.Attribute) else inner.id) == "date"
        of_now = isinstance(inner, ast.Call) and not inner.args and not inner.keywords
        of_now = of_now and isinstance(inner.func, ast.Attribute) and inner.func.attr in ("now", "localtime")  # type: ignore[union-attr]
        if name == "localdate" or (name == "today" and of_date) or (name == "date" and of_now):
            found.append(node.lineno)
    return found


def test_the_search_finds_what_it_looks_for() -> None:
    """And leaves alone what says whose day it means."""
    asked = "timezone.localdate()\nlocaldate()\ndt.date.today()\ndate.today()\ntimezone.now().date()\ntimezone.localtime().date()"
    assert sorted(days_asked_of_the_machine(asked)) == [1, 2, 3, 4, 5, 6]
    assert days_asked_of_the_machine("timezone.localdate(timezone=zone)\nscope.today\nmoment.date()\norganisation_today()") == []


def test_only_the_listed_places_take_a_day_without_saying_whose() -> None:
    """Use ``organisation_today()`` (portal/tenants/clock.py); a new exception is listed with its reason, one that is gone is taken out."""
    found = {
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if days_asked_of_the_machine(path.read_text(encoding="utf-8"))
    }
    assert found == set(LEFT_OUT)
