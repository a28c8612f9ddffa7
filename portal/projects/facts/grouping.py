"""Lines of a difference in groups, as pages show them: what is stale or stopped first, then duties, then items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from portal.projects.registry import Effect

# (group, title, tone, kinds). Kinds that no group names are shown last.
GROUPS: Final[tuple[tuple[str, Any, str, tuple[str, ...]], ...]] = (
    ("stops", _("Reasons to stop"), "fail", ("red_finding",)),
    ("tier", _("Assessment tier"), "review", ("tier_set", "tier_rises", "tier_falls", "tier_grounds")),
    ("stale", _("Sign-offs and decisions that no longer stand"), "fail", ("gate_stale", "decision_lapses")),
    ("filings", _("Filings required or likely"), "attention", ("filing_appears",)),
    ("undetermined", _("Filings undetermined until a fact is known"), "open", ("filing_undetermined",)),
    ("filings_gone", _("Filings that no longer apply"), "pass", ("filing_leaves",)),
    ("items", _("Items that open"), "attention", ("item_opens",)),
    ("items_gone", _("Items that leave"), "pass", ("item_leaves",)),
    ("better", _("Reasons to stop that are gone"), "pass", ("red_finding_gone",)),
    ("dimensions", _("Items per dimension"), "info", ("items_ahead",)),
    ("gates", _("Gates ahead"), "info", ("gate_ahead",)),
)


@dataclass
class Group:
    """A group of lines with its title and tone."""

    key: str
    title: Any
    tone: str
    lines: list[Effect] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many lines."""
        return len(self.lines)


def grouped_effects(lines: Iterable[Effect]) -> list[Group]:
    """The groups that have lines, in order."""
    groups = {key: Group(key, title, tone) for key, title, tone, _kinds in GROUPS}
    group_of = {kind: key for key, _title, _tone, kinds in GROUPS for kind in kinds}
    other = Group("other", _("Other consequences"), "info")
    for line in _merged(lines):
        groups.get(group_of.get(line.kind, ""), other).lines.append(line)
    return [group for group in (*groups.values(), other) if group.lines]


def _merged(lines: Iterable[Effect]) -> list[Effect]:
    """Lines on the same thing as one, with all their reasons: several providers may say that one sign-off becomes stale."""
    found: dict[tuple[str, str], Effect] = {}
    for line in lines:
        known = found.get((line.kind, line.key))
        if known is None:
            found[line.kind, line.key] = line
            continue
        reason = {
            code: "；".join(_both(known, line, code)) if code == "zh" else "; ".join(_both(known, line, code)) for code in ("zh", "en")
        }
        found[line.kind, line.key] = replace(known, reason=reason, data={**known.data, **line.data})
    return list(found.values())


def _both(one: Effect, other: Effect, code: str) -> list[str]:
    return [words for words in (one.reason.get(code, ""), other.reason.get(code, "")) if words]


def counts_in_words(counts: Mapping[str, int]) -> list[tuple[Any, str, int]]:
    """(title, tone, number) of each group that has lines, from numbers by kind."""
    found = []
    for _key, title, tone, kinds in GROUPS:
        number = sum(counts.get(kind, 0) for kind in kinds)
        if number:
            found.append((title, tone, number))
    return found
