"""Proposals and checks of the display as JSON, by the same actions as the pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.filings.api import body_of, day_of, text_of, version_of
from compliance.filings.subjects import Subject, subject_of
from compliance.upkeep import actions
from compliance.upkeep.duty import must_show
from compliance.upkeep.models import DisplayCheck, FilingProposal
from compliance.upkeep.states import Cause, Place, ProposalKind, ProposalState
from compliance.upkeep.views import proposal_of
from portal.core.access import Declaration
from portal.core.errors import Invalid
from portal.core.formats import in_language as tr

_SEES = Declaration("compliance.view_project_filings", on="project")
MOST = 500
_Person = type(inline_serializer("UpkeepPerson", {"id": serializers.IntegerField(), "name": serializers.CharField()}))
PROPOSAL = inline_serializer(
    "FilingProposal",
    {
        "id": serializers.UUIDField(),
        "kind": serializers.ChoiceField(choices=ProposalKind.values),
        "cause": serializers.ChoiceField(choices=Cause.values),
        "detail": serializers.JSONField(help_text="facts before and after, or the end of validity"),
        "due_on": serializers.DateField(allow_null=True),
        "state": serializers.ChoiceField(choices=ProposalState.values),
        "reason": serializers.CharField(allow_blank=True),
        "proposed_at": serializers.DateTimeField(),
        "settled_at": serializers.DateTimeField(allow_null=True),
        "settled_by": _Person(allow_null=True),
        "version": serializers.IntegerField(),
    },
)
_PROPOSALS = inline_serializer(
    "FilingProposals",
    {"filing_version": serializers.IntegerField(), "count": serializers.IntegerField(), "proposals": type(PROPOSAL)(many=True)},
)
CHECK = inline_serializer(
    "DisplayCheck",
    {
        "id": serializers.UUIDField(),
        "place": serializers.ChoiceField(choices=Place.values),
        "number": serializers.CharField(),
        "ok": serializers.BooleanField(),
        "url": serializers.CharField(allow_blank=True),
        "file_name": serializers.CharField(allow_blank=True),
        "note": serializers.CharField(allow_blank=True),
        "checked_on": serializers.DateField(),
        "next_check_on": serializers.DateField(),
        "checked_by": _Person(),
    },
)
_CHECKS = inline_serializer(
    "DisplayChecks",
    {
        "filing_version": serializers.IntegerField(),
        "duty": serializers.CharField(allow_blank=True, help_text="what the law wants, empty for nothing"),
        "count": serializers.IntegerField(),
        "checks": type(CHECK)(many=True),
    },
)


def _person(user: Any) -> dict[str, Any] | None:
    return {"id": user.pk, "name": user.name} if user is not None else None


def proposals_json(subject: Subject) -> dict[str, Any]:
    """Proposals of a filing, newest first."""
    rows = FilingProposal.objects.filter(filing=subject.row).select_related("settled_by").order_by("-proposed_at", "-id")
    names = ("id", "kind", "cause", "detail", "due_on", "state", "reason", "proposed_at", "settled_at", "version")
    found = [{name: getattr(one, name) for name in names} | {"settled_by": _person(one.settled_by)} for one in _some(subject, rows)]
    return {"filing_version": subject.version, "count": len(found), "proposals": found}


def checks_json(subject: Subject) -> dict[str, Any]:
    """Checks of a filing, newest first."""
    rows = DisplayCheck.objects.filter(filing=subject.row).select_related("checked_by").order_by("-checked_on", "-id")
    names = ("id", "place", "number", "ok", "url", "file_name", "note", "checked_on", "next_check_on")
    found = [{name: getattr(one, name) for name in names} | {"checked_by": _person(one.checked_by)} for one in _some(subject, rows)]
    entry = subject.ruling.filing
    duty = tr(entry.identifier.display) if must_show(entry) and entry.identifier is not None else ""
    return {"filing_version": subject.version, "duty": duty, "count": len(found), "checks": found}


def _some(subject: Subject, rows: Any) -> Any:
    return rows[:MOST] if subject.row is not None else []


class Proposals(APIView):
    """What the product proposes for one filing."""

    declaration = _SEES

    @extend_schema(operation_id="proposals_list", summary="List proposals to change, renew or cancel a filing", responses=_PROPOSALS)
    def get(self, request: Any, regime: str) -> Response:
        """Open and settled ones."""
        return Response(proposals_json(subject_of(request.project, regime)))


class Proposal(APIView):
    """One proposal."""

    declaration = _SEES

    @extend_schema(
        operation_id="proposals_settle",
        summary="Take a proposal up, or dismiss it",
        request=inline_serializer(
            "ProposalAct",
            {
                "act": serializers.ChoiceField(choices=["accept", "dismiss"]),
                "version": serializers.IntegerField(help_text="of the proposal"),
                "filing_version": serializers.IntegerField(required=False, help_text="of the filing; to accept"),
                "reason": serializers.CharField(),
                "due_on": serializers.DateField(required=False),
            },
        ),
        responses=_PROPOSALS,
    )
    def post(self, request: Any, regime: str, proposal_id: UUID) -> Response:
        """``accept`` takes the step (change, renewal or cancellation due); ``dismiss`` is for compliance. 409 carries what stands now."""
        body = body_of(request)
        proposal = proposal_of(subject_of(request.project, regime), proposal_id)
        act, reason, version = text_of(body, "act"), text_of(body, "reason"), version_of(body)
        if act == "accept":
            given: dict[str, Any] = {"note": reason, "due_on": day_of("due_on", body.get("due_on")), "version": version}
            filing_version = version_of({"version": body.get("filing_version")})
            actions.accept_proposal(proposal, filing_version=filing_version, by=request.actor, **given)
        elif act == "dismiss":
            actions.dismiss_proposal(proposal, reason=reason, version=version, by=request.actor)
        else:
            raise Invalid(_("There is no such act."), fields={"act": [act]})
        return Response(proposals_json(subject_of(request.project, regime)))


class Checks(APIView):
    """Whether the number is shown where the law wants it."""

    declaration = _SEES

    @extend_schema(operation_id="display_checks_list", summary="List checks of the display of a number", responses=_CHECKS)
    def get(self, request: Any, regime: str) -> Response:
        """Every check, newest first."""
        return Response(checks_json(subject_of(request.project, regime)))

    @extend_schema(
        operation_id="display_checks_add",
        summary="Record a check of the display of a number",
        request=inline_serializer(
            "DisplayCheckAdd",
            {
                "version": serializers.IntegerField(help_text="of the filing"),
                "place": serializers.ChoiceField(choices=Place.values),
                "ok": serializers.BooleanField(),
                "checked_on": serializers.DateField(),
                "url": serializers.CharField(required=False, help_text="kept as proof, never fetched"),
                "note": serializers.CharField(required=False),
                "next_check_on": serializers.DateField(required=False),
            },
        ),
        responses={201: _CHECKS},
    )
    def post(self, request: Any, regime: str) -> Response:
        """Adds a check; earlier ones stay."""
        body = body_of(request)
        ok = body.get("ok")
        if not isinstance(ok, bool):
            raise Invalid(_("Say whether the number is shown."), fields={"ok": [_("True or false is needed.")]})
        given: dict[str, Any] = {name: text_of(body, name) for name in ("place", "url", "note")}
        given |= {name: day_of(name, body.get(name)) for name in ("checked_on", "next_check_on")}
        actions.check_display(request.project, regime, ok=ok, version=version_of(body), by=request.actor, **given)
        return Response(checks_json(subject_of(request.project, regime)), status=201)


_FILING = "projects/<uuid:project_id>/filings/<str:regime>/"
urlpatterns: list[URLPattern] = [
    path(f"{_FILING}proposals/", Proposals.as_view(), name="api_proposals"),
    path(f"{_FILING}proposals/<uuid:proposal_id>/", Proposal.as_view(), name="api_proposal"),
    path(f"{_FILING}display-checks/", Checks.as_view(), name="api_display_checks"),
]
