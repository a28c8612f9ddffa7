"""Filings as JSON, by the same actions as the pages."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.urls import URLPattern, path
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.filings import actions
from compliance.filings.evaluation import facts_on_record
from compliance.filings.models import FilingEvent
from compliance.filings.pages.words import rule_text
from compliance.filings.subjects import Subject, subject_of, subjects_of
from compliance.regimes.applicability import clause_in_words
from compliance.regimes.changing import flips
from portal.core.access import Declaration
from portal.core.errors import Invalid
from portal.projects.facts.pages import disclaimer

_SEES = Declaration("compliance.view_project_filings", on="project")

_Text = type(inline_serializer("FilingText", {"zh": serializers.CharField(), "en": serializers.CharField()}))
_Person = type(
    inline_serializer("FilingPerson", {"id": serializers.IntegerField(), "name": serializers.CharField(), "role": serializers.CharField()})
)
FILING = inline_serializer(
    "Filing",
    {
        "regime": serializers.CharField(),
        "name": _Text(),
        "jurisdictions": serializers.ListField(child=serializers.CharField()),
        "gate": serializers.CharField(),
        "result": serializers.CharField(),
        "timing": serializers.CharField(),
        "of_organisation": serializers.BooleanField(),
        "version": serializers.IntegerField(),
        "decision": serializers.CharField(),
        "decision_reason": serializers.CharField(),
        "decided_by": _Person(allow_null=True),
        "second_by": _Person(allow_null=True),
        "state": serializers.CharField(),
        "number": serializers.CharField(),
        "submitted_on": serializers.DateField(allow_null=True),
        "approved_on": serializers.DateField(allow_null=True),
        "valid_until": serializers.DateField(allow_null=True),
        "due_on": serializers.DateField(allow_null=True),
        "next_on": serializers.DateField(allow_null=True, help_text="the date to keep now: due date, renewal or end of validity"),
        "owner": _Person(allow_null=True),
    },
)
APPLICABILITY = inline_serializer(
    "FilingApplicability",
    {
        "regime": serializers.CharField(),
        "name": _Text(),
        "result": serializers.CharField(),
        "rule": _Text(),
        "facts": serializers.JSONField(),
        "missing": serializers.ListField(child=serializers.CharField()),
        "presumed": serializers.ListField(child=serializers.CharField()),
        "clauses": serializers.ListField(child=_Text()),
        "confidence": serializers.CharField(),
        "sources": serializers.ListField(child=serializers.CharField()),
        "timing": serializers.CharField(),
        "effective_from": serializers.DateField(allow_null=True),
        "changes": inline_serializer(
            "FilingChange",
            {
                "fact": serializers.CharField(),
                "value": serializers.JSONField(),
                "added": serializers.ListField(child=serializers.CharField()),
                "removed": serializers.ListField(child=serializers.CharField()),
                "result": serializers.CharField(),
            },
            many=True,
            help_text="What would change this: with this other value of the one fact, and nothing else changed, the result would be this",
        ),
    },
)
FILING_DETAIL = inline_serializer(
    "FilingDetail",
    {
        **FILING.fields,
        "applicability": APPLICABILITY,
        "events": inline_serializer(
            "FilingRecord",
            {
                "verb": serializers.CharField(),
                "old": serializers.CharField(allow_blank=True),
                "new": serializers.CharField(allow_blank=True),
                "detail": serializers.JSONField(),
                "by": _Person(allow_null=True),
                "at": serializers.DateTimeField(),
            },
            many=True,
        ),
        "warnings": serializers.ListField(
            child=serializers.CharField(), required=False, help_text="After a step only: what to check before going on"
        ),
    },
)
_LIST = inline_serializer(
    "Filings",
    {"catalogue": serializers.CharField(), "count": serializers.IntegerField(), "filings": type(FILING)(many=True)},
)
_EXPLAINED = inline_serializer(
    "FilingApplicabilities", {"catalogue": serializers.CharField(), "disclaimer": _Text(), "filings": type(APPLICABILITY)(many=True)}
)


def _person(user: Any, role: str = "") -> dict[str, Any] | None:
    return {"id": user.pk, "name": user.name, "role": role} if user is not None else None


def filing_json(subject: Subject) -> dict[str, Any]:
    """One filing as judged now and as recorded."""
    row, entry = subject.row, subject.ruling.filing
    body: dict[str, Any] = {
        "regime": subject.regime,
        "name": dict(entry.name),
        "jurisdictions": list(entry.jurisdiction),
        "gate": entry.gate,
        "result": subject.ruling.result,
        "timing": subject.ruling.timing.state,
        "of_organisation": row is not None and row.project_id is None,
        "version": subject.version,
        "decision": row.decision if row else "none",
        "decision_reason": row.decision_reason if row else "",
        "decided_by": _person(row.decided_by, row.decided_role) if row else None,
        "second_by": _person(row.second_by, row.second_role) if row else None,
        "state": row.state if row else "not_assessed",
        "number": row.number if row else "",
        "owner": _person(row.owner) if row else None,
    }
    return body | {
        name: getattr(row, name) if row else None for name in ("submitted_on", "approved_on", "valid_until", "due_on", "next_on")
    }


def applicability_json(subject: Subject) -> dict[str, Any]:
    """Why a filing has its result."""
    ruling, entry = subject.ruling, subject.ruling.filing
    return {
        "regime": subject.regime,
        "name": dict(entry.name),
        "result": ruling.result,
        "rule": dict(rule_text(subject.content, subject.regime)),
        "facts": facts_on_record(ruling),
        "missing": list(ruling.missing),
        "presumed": list(ruling.presumed),
        "clauses": [dict(clause_in_words(basis)) for basis in entry.legal_basis],
        "confidence": entry.confidence,
        "sources": list(entry.sources),
        "timing": ruling.timing.state,
        "effective_from": ruling.timing.start,
        "changes": [
            {"fact": one.fact, "value": one.value, "added": list(one.added), "removed": list(one.removed), "result": one.result}
            for one in (flips(subject.env, entry) if subject.env is not None else ())
        ],
    }


class Filings(APIView):
    """All filings of a project that apply, may apply or are decided."""

    declaration = _SEES

    @extend_schema(operation_id="filings_list", summary="List the filings of a project", responses=_LIST)
    def get(self, request: Any) -> Response:
        """In the order of the content; ``?all=1`` brings those that the rules exclude as well."""
        subjects = subjects_of(request.project)
        wanted = [
            one
            for one in subjects
            if request.GET.get("all") or one.ruling.result != "not_applicable" or (one.row and one.row.decision != "none")
        ]
        return Response({"catalogue": subjects[0].content.version, "count": len(wanted), "filings": [filing_json(one) for one in wanted]})


class Applicability(APIView):
    """Why each filing applies, may apply, waits for facts or does not apply."""

    declaration = _SEES

    @extend_schema(operation_id="filings_applicability", summary="Explain which filings apply and why", responses=_EXPLAINED)
    def get(self, request: Any) -> Response:
        """Result, facts, clause, confidence and missing facts of every regime; ``?regime=`` for one."""
        one = request.GET.get("regime", "")
        subjects = [subject_of(request.project, one)] if one else subjects_of(request.project)
        content = subjects[0].content
        explained = [applicability_json(subject) for subject in subjects]
        return Response({"catalogue": content.version, "disclaimer": dict(disclaimer(content)), "filings": explained})


class FilingDetail(APIView):
    """One filing with its explanation and its history."""

    declaration = _SEES

    @extend_schema(operation_id="filings_retrieve", summary="Read a filing", responses=FILING_DETAIL)
    def get(self, request: Any, regime: str) -> Response:
        """The filing, why, and what happened."""
        return Response(_detail(request, regime))


def _detail(request: Any, regime: str) -> dict[str, Any]:
    subject = subject_of(request.project, regime)
    events = []
    if subject.row is not None:
        for row in FilingEvent.objects.filter(filing=subject.row).select_related("done_by").order_by("done_at", "id")[:500]:
            events.append(
                {
                    "verb": row.verb,
                    "old": row.old_state,
                    "new": row.new_state,
                    "detail": row.detail,
                    "by": _person(row.done_by),
                    "at": row.done_at,
                }
            )
    return {**filing_json(subject), "applicability": applicability_json(subject), "events": events}


class FilingDecide(APIView):
    """The decision on one filing."""

    declaration = _SEES

    @extend_schema(
        operation_id="filings_decide",
        summary="Decide on a filing",
        request=inline_serializer(
            "FilingDecision",
            {
                "act": serializers.ChoiceField(choices=["confirm", "reject", "agree", "object", "withdraw", "keep"]),
                "reason": serializers.CharField(required=False),
                "version": serializers.IntegerField(),
            },
        ),
        responses=FILING_DETAIL,
    )
    def post(self, request: Any, regime: str) -> Response:
        """``confirm`` or ``reject`` (first person), ``agree`` or ``object`` (second person), ``withdraw``. 409 carries what stands now.

        ``keep``: object to somebody's wish to take the decision back.
        """
        body = body_of(request)
        act, reason, version = text_of(body, "act"), text_of(body, "reason"), version_of(body)
        given: dict[str, Any] = {"reason": reason, "version": version, "by": request.actor}
        if act in ("confirm", "reject"):
            actions.decide_filing(request.project, regime, confirm=act == "confirm", **given)
        elif act in ("agree", "object"):
            actions.second_decision(request.project, regime, agree=act == "agree", **given)
        elif act == "withdraw":
            actions.withdraw_decision(request.project, regime, **given)
        elif act == "keep":
            actions.keep_decision(request.project, regime, **given)
        else:
            raise Invalid(_("There is no such act."), fields={"act": [act]})
        return Response(_detail(request, regime))


class FilingStep(APIView):
    """One step of the procedure."""

    declaration = _SEES

    @extend_schema(
        operation_id="filings_step",
        summary="Move a filing on",
        request=inline_serializer(
            "FilingStep",
            {
                "to": serializers.CharField(),
                "version": serializers.IntegerField(),
                "on": serializers.DateField(required=False),
                "receipt": serializers.CharField(required=False),
                "number": serializers.CharField(required=False),
                "valid_until": serializers.DateField(required=False),
                "due_on": serializers.DateField(required=False, help_text="until when what the step makes owed has to be done"),
                "note": serializers.CharField(required=False),
            },
        ),
        responses=FILING_DETAIL,
    )
    def post(self, request: Any, regime: str) -> Response:
        """Move the filing to the state ``to``. ``warnings`` of the answer says what to check."""
        body = body_of(request)
        given: dict[str, Any] = {name: text_of(body, name) for name in ("receipt", "number", "note")}
        given |= {name: day_of(name, body.get(name)) for name in ("on", "valid_until", "due_on")}
        done = actions.step_filing(request.project, regime, to=text_of(body, "to"), version=version_of(body), by=request.actor, **given)
        return Response({**_detail(request, regime), "warnings": list(done.warnings)})


def body_of(request: Any) -> dict[str, Any]:
    """The body of a write. Raises Invalid for anything but an object."""
    if not isinstance(request.data, dict):
        raise Invalid(_("An object is needed."))
    return dict(request.data.items())


def text_of(body: dict[str, Any], name: str) -> str:
    """A text of the body, "" where it is left out or null. Raises Invalid for anything that is no text the database can keep."""
    given = body.get(name)
    if given is None:
        return ""
    if not isinstance(given, str) or _UNKEPT.search(given):
        raise Invalid(_("This is not a text."), fields={name: [_("A text without control characters is needed.")]})
    return given


# The zero character and half characters: JSON can write them, PostgreSQL cannot keep them.
_UNKEPT = re.compile("[\x00\ud800-\udfff]")


def version_of(body: dict[str, Any]) -> int:
    """The version an act is based on."""
    given = body.get("version")
    if isinstance(given, str) and given.isdecimal() and len(given) <= 9:
        given = int(given)
    if not isinstance(given, int) or isinstance(given, bool):
        raise Invalid(_("Say which version the act is based on."), fields={"version": [_("A whole number is needed.")]})
    return given


def day_of(name: str, given: Any) -> dt.date | None:
    """A day of the body, None where it is left out. Raises Invalid for anything that is no day."""
    if given in (None, ""):
        return None
    try:
        day = parse_date(given) if isinstance(given, str) else None
    except ValueError:
        day = None
    if day is None:
        raise Invalid(_("This is not a date."), fields={name: [_("Write it like 2026-11-23.")]})
    return day


_PROJECT = "projects/<uuid:project_id>/"
urlpatterns: list[URLPattern] = [
    path(f"{_PROJECT}filings/", Filings.as_view(), name="api_filings"),
    path(f"{_PROJECT}applicability/", Applicability.as_view(), name="api_applicability"),
    path(f"{_PROJECT}filings/<str:regime>/", FilingDetail.as_view(), name="api_filing"),
    path(f"{_PROJECT}filings/<str:regime>/decide/", FilingDecide.as_view(), name="api_filing_decide"),
    path(f"{_PROJECT}filings/<str:regime>/step/", FilingStep.as_view(), name="api_filing_step"),
]
