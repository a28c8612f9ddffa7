"""The assessment of a project at a glance, and its tier, as JSON."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from assessments.checklists.models import Assessment
from assessments.checklists.tier import actions
from assessments.checklists.tier.showing import TierShown, tier_shown
from portal.core.access import Declaration
from portal.core.errors import Invalid, NotAllowed, NotFound
from portal.projects.access import may_on_project
from portal.projects.facts.api import EFFECT, effect_json
from portal.projects.strip import tones_of

RAISE = "assessments.raise_tier"
_FIGURES = ("readiness", "band", "items_total", "items_answered", "items_approved", "open_blockers", "waived", "next_gate", "next_gate_due")
_FILINGS = ("filings_state", "filings_open", "filings_unconfirmed")
_DRY_RUN = OpenApiParameter("dry_run", OpenApiTypes.BOOL, description="Only show the difference; nothing is written.")


class AssessmentSummary(APIView):
    """Where the project stands."""

    declaration = Declaration("portal.view_project", on="project")

    @extend_schema(
        operation_id="assessment_retrieve",
        summary="Read where a project stands",
        responses=inline_serializer(
            "AssessmentSummary",
            {
                "catalogue": serializers.CharField(),
                "tier": serializers.CharField(),
                "tier_computed": serializers.CharField(),
                "tier_raised": serializers.CharField(allow_blank=True),
                "scored_at": serializers.DateTimeField(allow_null=True),
                **{name: serializers.IntegerField() for name in ("readiness", "items_total", "items_answered", "items_approved")},
                **{name: serializers.IntegerField() for name in ("open_blockers", "waived", "filings_open", "filings_unconfirmed")},
                "band": serializers.CharField(),
                "next_gate": serializers.CharField(allow_blank=True),
                "next_gate_due": serializers.DateField(allow_null=True),
                "filings_state": serializers.CharField(),
                "dimensions": serializers.DictField(
                    child=inline_serializer("DimensionState", {"state": serializers.CharField(), "score": serializers.IntegerField()}),
                    help_text="D1 to D10",
                ),
            },
        ),
    )
    def get(self, request: Any) -> Response:
        """Tier, readiness for the next gate, blockers, filings, and the ten dimensions. One query."""
        assessment = Assessment.objects.filter(project=request.project).first()
        if assessment is None:
            raise NotFound()
        summary = request.project.summary
        tones = tones_of(summary.strip)
        return Response(
            {
                "catalogue": assessment.catalogue_id,
                "tier": assessment.tier,
                "tier_computed": assessment.tier_computed,
                "tier_raised": assessment.tier_raised,
                "scored_at": assessment.scored_at,
                **{name: getattr(summary, name) for name in (*_FIGURES, *_FILINGS)},
                "dimensions": {f"D{n}": {"state": tones[n - 1], "score": getattr(summary, f"d{n}_score")} for n in range(1, 11)},
            }
        )


def tier_json(shown: TierShown) -> dict[str, Any]:
    """The tier with its grounds."""
    raised = shown.raised
    return {
        "computed": shown.result.computed,
        "in_force": shown.result.tier,
        "because": list(shown.result.because),
        "conditions": [
            {"id": row["id"], "label": row["label"], "value": row["value"], "open_facts": row["open_facts"]}
            for row in (*shown.full_when, *shown.light_when)
        ],
        "could_lower": list(shown.result.could_lower),
        "could_raise": list(shown.result.could_raise),
        "raise": None
        if raised is None
        else {"tier": raised.tier, "reason": raised.reason, "by": raised.raised_by.name, "role": raised.role_key, "at": raised.raised_at},
    }


_TIER = inline_serializer(
    "Tier",
    {
        "computed": serializers.CharField(),
        "in_force": serializers.CharField(),
        "because": serializers.ListField(child=serializers.CharField()),
        "conditions": serializers.JSONField(),
        "could_lower": serializers.ListField(child=serializers.CharField()),
        "could_raise": serializers.ListField(child=serializers.CharField()),
        "raise": serializers.JSONField(allow_null=True),
    },
)


_EFFECTS = inline_serializer("TierEffects", {"effects": type(EFFECT)(many=True)})


class Tier(APIView):
    """The assessment tier of the project."""

    declaration = Declaration("portal.view_project", on="project")

    @extend_schema(operation_id="tier_retrieve", summary="Read the assessment tier", responses=_TIER)
    def get(self, request: Any) -> Response:
        """Computed and in force, with every condition and the facts that could change it."""
        return Response(self._shown(request))

    def _shown(self, request: Any) -> dict[str, Any]:
        shown = tier_shown(request.project, request.actor, whole=False)
        if shown is None:
            raise NotFound()
        return tier_json(shown)

    def _may(self, request: Any) -> None:
        if not may_on_project(request.actor, RAISE, request.project):
            raise NotAllowed(_("Your role in this project does not include this. Ask the project owner or the administrator."))

    @extend_schema(
        operation_id="tier_raise",
        summary="Raise the assessment tier",
        parameters=[_DRY_RUN],
        request=inline_serializer(
            "TierRaiseWrite",
            {"tier": serializers.CharField(), "reason_key": serializers.CharField(), "reason": serializers.CharField()},
        ),
        responses={200: _EFFECTS, 201: _TIER},
    )
    def post(self, request: Any) -> Response:
        """Raise the tier with a reason; ``dry_run`` shows what would open."""
        self._may(request)
        sent = {name: _words(request, name) for name in ("tier", "reason_key", "reason")}
        if _dry(request):
            lines = actions.plan_raise(request.project, sent["tier"], by=request.actor)
            return Response({"effects": [effect_json(line) for line in lines]})
        actions.raise_tier(request.project, sent["tier"], reason_key=sent["reason_key"], reason=sent["reason"], by=request.actor)
        return Response(self._shown(request), status=201)

    @extend_schema(operation_id="tier_withdraw", summary="Withdraw a raise of the tier", parameters=[_DRY_RUN], responses=_TIER)
    def delete(self, request: Any) -> Response:
        """Withdraw the raise of another person, with a ``reason``; ``dry_run`` shows what would leave."""
        self._may(request)
        if _dry(request):
            lines = actions.plan_withdrawal(request.project, by=request.actor)
            return Response({"effects": [effect_json(line) for line in lines]})
        actions.withdraw_raise(request.project, reason=_words(request, "reason"), by=request.actor)
        return Response(self._shown(request))


def _words(request: Any, name: str) -> str:
    value = request.data.get(name, "") if isinstance(request.data, dict) else ""
    if not isinstance(value, str):
        raise Invalid(_("The request cannot be read."), fields={name: [_("Text is needed.")]})
    return value


def _dry(request: Any) -> bool:
    return str(request.query_params.get("dry_run", "")).lower() in ("1", "true", "yes", "on")


urlpatterns: list[URLPattern] = [
    path("projects/<uuid:project_id>/assessment/", AssessmentSummary.as_view(), name="api_assessment"),
    path("projects/<uuid:project_id>/tier/", Tier.as_view(), name="api_tier"),
]
