"""Time limits as JSON, by the same actions as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.urls import URLPattern, path
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.clocks import actions
from compliance.clocks.models import FilingClock
from compliance.clocks.pages import days_left
from compliance.clocks.queries import SOON, at_risk, clocks_of, open_clocks
from compliance.clocks.words import checks_of, how_counted, name_of
from compliance.filings.api import body_of, day_of, text_of, version_of
from compliance.filings.subjects import subject_of
from compliance.holidays.queries import calendar_rules
from portal.catalogue import catalogue
from portal.catalogue.parts import CalendarRules
from portal.core.access import Declaration
from portal.core.errors import Invalid, NotFound
from portal.tenants.clock import organisation_today

_SEES = Declaration("compliance.view_project_filings", on="project")
MOST = 200

_Text = type(inline_serializer("ClockText", {"zh": serializers.CharField(), "en": serializers.CharField()}))
CLOCK = inline_serializer(
    "FilingClock",
    {
        "id": serializers.UUIDField(),
        "version": serializers.IntegerField(),
        "project": serializers.UUIDField(allow_null=True),
        "regime": serializers.CharField(),
        "name": _Text(),
        "event": serializers.CharField(),
        "action": serializers.CharField(),
        "basis": serializers.ChoiceField(choices=["statutory", "practice", "internal"]),
        "of_authority": serializers.BooleanField(help_text="the authority's own period: never ours to keep"),
        "state": serializers.ChoiceField(choices=["running", "paused", "met", "waived", "void"]),
        "event_on": serializers.DateField(),
        "event_at": serializers.DateTimeField(allow_null=True),
        "due_on": serializers.DateField(allow_null=True),
        "due_at": serializers.DateTimeField(allow_null=True),
        "working_days_left": serializers.IntegerField(allow_null=True),
        "provisional": serializers.BooleanField(help_text="reaches a year without an official notice; counted anew when it arrives"),
        "how_counted": _Text(many=True),
        "please_check": _Text(many=True),
        "ended_on": serializers.DateField(allow_null=True),
        "reason": serializers.CharField(allow_blank=True),
    },
)
_LIST = inline_serializer("FilingClocks", {"count": serializers.IntegerField(), "clocks": type(CLOCK)(many=True)})
_OPEN_LIST = inline_serializer(
    "OpenClocks",
    {"count": serializers.IntegerField(), "more": serializers.BooleanField(), "clocks": type(CLOCK)(many=True)},
)


def clock_json(clock: FilingClock, calendar: CalendarRules, today: dt.date) -> dict[str, Any]:
    """One limit with how it was counted. Needs ``clock.filing``."""
    content = catalogue(clock.catalogue_version)
    plain = (
        "version",
        "event",
        "action",
        "basis",
        "state",
        "event_on",
        "event_at",
        "due_on",
        "due_at",
        "provisional",
        "ended_on",
        "reason",
    )
    return {
        "id": clock.pk,
        "project": clock.project_id,
        "regime": clock.filing.regime,
        "name": dict(name_of(content, clock)),
        "of_authority": clock.action == "authority",
        "working_days_left": days_left(clock, calendar, today) if clock.state == "running" else None,
        "how_counted": [dict(one) for one in how_counted(content, clock)],
        "please_check": [dict(one) for one in checks_of(clock)],
        **{name: getattr(clock, name) for name in plain},
    }


def _listed(request: Any, regime: str) -> Response:
    subject = subject_of(request.project, regime)
    calendar, today = calendar_rules(catalogue()), organisation_today()
    clocks = [clock_json(clock, calendar, today) for clock in clocks_of(subject.row)]
    return Response({"count": len(clocks), "clocks": clocks})


class Clocks(APIView):
    """The time limits of one filing."""

    declaration = _SEES

    @extend_schema(operation_id="clocks_list", summary="List the time limits of a filing", responses=_LIST)
    def get(self, request: Any, regime: str) -> Response:
        """Those that run first, by their end."""
        return _listed(request, regime)


class ClockReport(APIView):
    """An event that starts time limits."""

    declaration = _SEES

    @extend_schema(
        operation_id="clocks_report",
        summary="Report an event",
        request=inline_serializer(
            "ClockEvent",
            {
                "event": serializers.CharField(),
                "on": serializers.DateField(required=False),
                "at": serializers.DateTimeField(required=False, help_text="with a zone; needed where a limit runs in hours"),
                "note": serializers.CharField(),
            },
        ),
        responses=_LIST,
    )
    def post(self, request: Any, regime: str) -> Response:
        """The same event of the same day reported twice is one."""
        body = body_of(request)
        given: dict[str, Any] = {"on": day_of("on", body.get("on")), "at": _moment(body)}
        actions.report_event(
            subject_of(request.project, regime), text_of(body, "event"), by=request.actor, note=text_of(body, "note"), **given
        )
        return _listed(request, regime)


class ClockAct(APIView):
    """One act on one time limit."""

    declaration = _SEES

    @extend_schema(
        operation_id="clocks_act",
        summary="Meet, waive, correct a time limit or find it void",
        request=inline_serializer(
            "ClockAct",
            {
                "act": serializers.ChoiceField(choices=["meet", "waive", "void", "correct"]),
                "version": serializers.IntegerField(),
                "on": serializers.DateField(required=False, help_text="meet: when it was done; correct: the right day of the event"),
                "at": serializers.DateTimeField(required=False, help_text="correct: the right moment of a limit in hours"),
                "reason": serializers.CharField(required=False, help_text="waive, void, correct"),
                "note": serializers.CharField(required=False, help_text="meet"),
            },
        ),
        responses=_LIST,
    )
    def post(self, request: Any, regime: str, clock_id: UUID) -> Response:
        """A limit by law cannot be waived; finding it void takes two people. 409 carries what stands now."""
        subject = subject_of(request.project, regime)
        rows = FilingClock.objects.select_related("filing", "project").filter(pk=clock_id)
        clock = rows.filter(filing=subject.row).first() if subject.row is not None else None
        if clock is None:
            raise NotFound(_("There is no such time limit."))
        body = body_of(request)
        act, by, clock.version = text_of(body, "act"), request.actor, version_of(body)
        on, reason = day_of("on", body.get("on")), text_of(body, "reason")
        if act == "meet":
            if on is None:
                raise Invalid(_("A date is needed."), fields={"on": [_("A date is needed.")]})
            actions.meet_clock(clock, on=on, by=by, note=text_of(body, "note"))
        elif act == "waive":
            actions.waive_clock(clock, reason=reason, by=by)
        elif act == "void":
            actions.void_clock(clock, reason=reason, by=by)
        elif act == "correct":
            actions.correct_clock(clock, on=on, at=_moment(body), reason=reason, by=by)
        else:
            raise Invalid(_("There is no such act."), fields={"act": [act]})
        return _listed(request, regime)


class OpenClocks(APIView):
    """Time limits that run, over all filings that the person may see."""

    declaration = Declaration("compliance.view_filings")

    @extend_schema(
        operation_id="clocks_open",
        summary="List the time limits that run",
        parameters=[
            OpenApiParameter("risk", int, description=f"only those that are late or end within so many days (for example {SOON})"),
        ],
        responses=_OPEN_LIST,
    )
    def get(self, request: Any) -> Response:
        """Earliest first, at most 200; the authority's own periods are left out."""
        risk = request.GET.get("risk", "")
        if risk and (not risk.isdecimal() or int(risk) > 3660):
            raise Invalid(_("A whole number is needed."), fields={"risk": [_("A whole number is needed.")]})
        rows = at_risk(request.actor, days=int(risk)) if risk else open_clocks(request.actor)
        found = list(rows[: MOST + 1])
        calendar, today = calendar_rules(catalogue()), organisation_today()
        return Response(
            {
                "count": min(len(found), MOST),
                "more": len(found) > MOST,
                "clocks": [clock_json(clock, calendar, today) for clock in found[:MOST]],
            }
        )


def _moment(body: dict[str, Any]) -> dt.datetime | None:
    given = body.get("at")
    if given in (None, ""):
        return None
    try:
        moment = parse_datetime(given) if isinstance(given, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid(_("This is not a moment."), fields={"at": [_("Write it with its zone, like 2026-11-23T09:30+08:00.")]})
    return moment


_FILING = "projects/<uuid:project_id>/filings/<str:regime>/clocks/"
urlpatterns: list[URLPattern] = [
    path("clocks/", OpenClocks.as_view(), name="api_clocks_open"),
    path(_FILING, Clocks.as_view(), name="api_clocks"),
    path(f"{_FILING}report/", ClockReport.as_view(), name="api_clock_report"),
    path(f"{_FILING}<uuid:clock_id>/", ClockAct.as_view(), name="api_clock_act"),
]
