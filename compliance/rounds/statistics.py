"""Why authorities send filings back: counts by reason, filing and authority, days to the reply, rounds for each filing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, ClassVar

import django_filters as df
from django.db.models import Aggregate, Count, Exists, FloatField, Func, IntegerField, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from compliance.filings.rules import VIEW_ALL
from compliance.rounds.models import AuthorityQuestion, AuthorityRound
from compliance.rounds.states import Category
from portal.catalogue import catalogue
from portal.core.access import Actor
from portal.core.formats import in_language as tr
from portal.core.sheets import Column
from portal.projects.access import projects_visible_to

MOST_ROWS = 20_000


class Median(Aggregate):
    """The value in the middle."""

    template = "percentile_cont(0.5) within group (order by %(expressions)s)"
    output_field = FloatField()


class DaysBetween(Func):
    """Whole days from the second date to the first."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


def regimes() -> list[tuple[str, str]]:
    """Filings that have had a letter at all."""
    content = catalogue()
    used = AuthorityRound.objects.values_list("filing__regime", flat=True).distinct()
    return sorted(((one, tr(content.filings[one].name)) for one in used if one in content.filings), key=lambda pair: pair[1])


class RoundFilter(df.FilterSet):
    """Filters over the rounds a person may see."""

    regime = df.ChoiceFilter(choices=regimes, field_name="filing__regime", label=_l("Filing"))
    category = df.ChoiceFilter(choices=Category.choices, method="of_category", label=_l("Reason for return"))
    since = df.DateFilter(field_name="received_on", lookup_expr="gte", label=_l("Letters since"))
    until = df.DateFilter(field_name="received_on", lookup_expr="lte", label=_l("Letters until"))

    class Meta:
        model = AuthorityRound
        fields: ClassVar[list[str]] = []

    def of_category(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Rounds with a question of this reason."""
        return queryset.filter(Exists(AuthorityQuestion.objects.filter(round_id=OuterRef("pk"), category=value)))


def rounds_visible_to(actor: Actor) -> QuerySet[AuthorityRound]:
    """Rounds of filings of projects the person may see, and of the organisation for who may see its filings."""
    seen = Q(Exists(projects_visible_to(actor).filter(pk=OuterRef("filing__project_id"))))
    if actor.may(VIEW_ALL):
        seen |= Q(filing__project=None)
    return AuthorityRound.objects.filter(seen)


def statistics(rounds: QuerySet[AuthorityRound], category: str = "") -> dict[str, Any]:
    """Everything the page shows. Three queries."""
    content = catalogue()
    days = DaysBetween("reply_on", "received_on")
    total = rounds.aggregate(
        rounds=Count("pk"),
        filings=Count("filing", distinct=True),
        replied=Count("reply_on"),
        median=Median(days, filter=Q(reply_on__isnull=False)),
    )
    by_regime = (
        rounds.order_by()
        .values("filing__regime")
        .annotate(rounds=Count("pk"), filings=Count("filing", distinct=True), median=Median(days, filter=Q(reply_on__isnull=False)))
    )
    asked = AuthorityQuestion.objects.filter(round__in=rounds.order_by().values("pk"))
    if category:
        asked = asked.filter(category=category)
    reasons: dict[str, int] = {}
    questions: dict[str, int] = {}
    for regime, reason, count in asked.order_by().values_list("filing__regime", "category").annotate(n=Count("pk")):
        reasons[reason] = reasons.get(reason, 0) + count
        questions[regime] = questions.get(regime, 0) + count
    lines: list[dict[str, Any]] = []
    authorities: dict[str, dict[str, Any]] = {}
    for row in by_regime:
        regime = row["filing__regime"]
        entry = content.filings.get(regime)
        authority = tr(entry.authority.name) if entry is not None else "–"
        line = {
            "regime": regime,
            "name": tr(entry.name) if entry is not None else regime,
            "authority": authority,
            "rounds": row["rounds"],
            "filings": row["filings"],
            "each": row["rounds"] / row["filings"],
            "questions": questions.get(regime, 0),
            "median": row["median"],
        }
        lines.append(line)
        found = authorities.setdefault(authority, {"name": authority, "rounds": 0, "filings": 0, "questions": 0})
        for name in ("rounds", "filings", "questions"):
            found[name] += line[name]
    labels = dict(Category.choices)
    asked_in_all = sum(reasons.values())
    return {
        "total": {**total, "questions": asked_in_all, "each": total["rounds"] / total["filings"] if total["filings"] else None},
        "reasons": [
            {"key": key, "label": labels.get(key, key), "count": count, "share": 100 * count / asked_in_all}
            for key, count in sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
        "regimes": sorted(lines, key=lambda line: (-line["questions"], line["name"])),
        "authorities": sorted(authorities.values(), key=lambda one: (-one["questions"], one["name"])),
    }


def columns() -> list[Column]:
    """Columns of the file: one row a question."""
    return [
        Column(_("Project"), 12),
        Column(_("Filing"), 40),
        Column(_("Authority"), 32),
        Column(_("Round"), 8),
        Column(_("Date of the letter"), 14),
        Column(_("Letter received on"), 14),
        Column(_("Reply sent on"), 14),
        Column(_("Days to the reply"), 10),
        Column(_("Question"), 60),
        Column(_("Reason for return"), 28),
        Column(_("Answer"), 60),
    ]


def file_rows(rounds: QuerySet[AuthorityRound], category: str = "") -> Iterator[list[Any]]:
    """The questions as rows of the file, newest letter first."""
    content, labels = catalogue(), dict(Category.choices)
    rows = AuthorityQuestion.objects.filter(round__in=rounds.order_by().values("pk")).select_related("round", "filing", "filing__project")
    if category:
        rows = rows.filter(category=category)
    for one in rows.order_by("-round__received_on", "-round_id", "position")[:MOST_ROWS]:
        entry, project, round_ = content.filings.get(one.filing.regime), one.filing.project, one.round
        days = (round_.reply_on - round_.received_on).days if isinstance(round_.reply_on, dt.date) else None
        yield [
            project.code if project is not None else _("The organisation"),
            tr(entry.name) if entry is not None else one.filing.regime,
            tr(entry.authority.name) if entry is not None else "",
            round_.number,
            round_.letter_on,
            round_.received_on,
            round_.reply_on,
            days,
            one.text,
            str(labels.get(one.category, one.category)),
            one.answer,
        ]
