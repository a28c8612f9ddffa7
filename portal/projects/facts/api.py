"""Facts as JSON, by the same actions as the pages: read, see the difference (``dry_run``), write with versions."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.catalogue import Catalogue
from portal.core.access import Declaration
from portal.core.errors import Invalid, NotAllowed
from portal.projects.access import may_on_project
from portal.projects.facts import actions, dictionary
from portal.projects.facts.following import plan_following
from portal.projects.facts.queries import FactState, facts_with_provenance
from portal.projects.facts.relevance import settled_questions
from portal.projects.facts.views import EDIT, EDIT_ORGANISATION
from portal.projects.models import Project
from portal.projects.registry import Effect

_Text = type(inline_serializer("FactText", {"zh": serializers.CharField(), "en": serializers.CharField()}))
FACT = inline_serializer(
    "Fact",
    {
        "id": serializers.CharField(),
        "question": _Text(),
        "type": serializers.CharField(),
        "scope": serializers.CharField(),
        "group": serializers.CharField(),
        "value": serializers.JSONField(),
        "known": serializers.BooleanField(),
        "inherited": serializers.BooleanField(),
        "derived": serializers.BooleanField(),
        "makes_no_difference": serializers.BooleanField(),
        "version": serializers.IntegerField(),
        "source": serializers.CharField(),
        "answered_by": serializers.CharField(),
        "answered_at": serializers.DateTimeField(allow_null=True),
    },
)
FACTS = inline_serializer("Facts", {"catalogue": serializers.CharField(), "facts": type(FACT)(many=True)})
EFFECT = inline_serializer(
    "FactEffect",
    {"kind": serializers.CharField(), "key": serializers.CharField(), "text": _Text(), "reason": _Text(), "data": serializers.JSONField()},
)
WRITE = inline_serializer(
    "FactsWrite",
    {
        "facts": serializers.DictField(),
        "versions": serializers.DictField(child=serializers.IntegerField(), required=False),
        "sources": serializers.DictField(child=serializers.CharField(), required=False),
    },
)
WRITTEN = inline_serializer(
    "FactsWritten",
    {
        "saved": serializers.BooleanField(),
        "changed": serializers.DictField(child=serializers.ListField(), help_text="Old and new value by fact"),
        "effects": type(EFFECT)(many=True),
    },
)
ORGANISATION_WRITTEN = inline_serializer(
    "OrganisationFactsWritten",
    {
        "saved": serializers.BooleanField(),
        "changed": serializers.DictField(child=serializers.ListField(), help_text="Old and new value by fact"),
        "projects": inline_serializer(
            "ProjectsTouched",
            {"total": serializers.IntegerField(), "looked_at": serializers.IntegerField(), "touched": serializers.IntegerField()},
            required=False,
            help_text="With ``dry_run`` only",
        ),
        "counts": serializers.DictField(child=serializers.IntegerField(), required=False, help_text="With ``dry_run`` only"),
    },
)
DRY_RUN = OpenApiParameter("dry_run", OpenApiTypes.BOOL, description="Only show the difference; nothing is written.")


def fact_json(state: FactState, *, settled: bool) -> dict[str, Any]:
    """One fact as it stands."""
    fact = state.fact
    return {
        "id": fact.id,
        "question": fact.question,
        "type": fact.type,
        "scope": fact.scope,
        "group": fact.group,
        "value": state.value,
        "known": state.known,
        "inherited": state.inherited,
        "derived": state.derived,
        "makes_no_difference": settled and not state.known,
        "version": state.version,
        "source": state.source,
        "answered_by": state.by,
        "answered_at": state.at,
    }


def effect_json(line: Effect) -> dict[str, Any]:
    """One line of a difference."""
    return {"kind": line.kind, "key": line.key, "text": line.text, "reason": line.reason, "data": line.data}


def facts_json(project: Project | None) -> dict[str, Any]:
    """All facts of a project with the inherited ones, or those of the organisation."""
    content = dictionary.content_of(project)
    states = facts_with_provenance(project, content)
    settled = settled_questions(content, {state.fact.id: state.value for state in states if not state.derived})
    wanted = [state for state in states if project is not None or state.fact.scope == "organisation"]
    return {"catalogue": content.version, "facts": [fact_json(state, settled=state.fact.id in settled) for state in wanted]}


class _Sent:
    """What a caller sent: values, versions, sources, each checked for its shape."""

    def __init__(self, request: Any) -> None:
        body = request.data
        faults: dict[str, list[str]] = {}
        if not isinstance(body, dict) or not isinstance(body.get("facts"), dict) or not body["facts"]:
            faults["facts"] = [_("Send the values by fact id.")]
            body = {}
        versions = body.get("versions", {})
        if not isinstance(versions, dict) or not all(isinstance(one, int) and not isinstance(one, bool) for one in versions.values()):
            faults["versions"] = [_("Send whole numbers by fact id.")]
        sources = body.get("sources", {})
        if not isinstance(sources, dict) or not all(isinstance(one, str) for one in sources.values()):
            faults["sources"] = [_("Send texts by fact id.")]
        if faults:
            raise Invalid(_("The request cannot be read."), fields=faults)
        self.values: dict[str, Any] = body["facts"]
        self.versions: dict[str, int] = versions
        self.sources: dict[str, str] = sources
        self.dry_run = str(request.query_params.get("dry_run", "")).lower() in ("1", "true", "yes", "on")


class ProjectFacts(APIView):
    """The facts of one project."""

    declaration = Declaration("portal.view_project", on="project")

    @extend_schema(operation_id="facts_list", summary="List the facts of a project", responses=FACTS)
    def get(self, request: Any) -> Response:
        """Every fact with value, version, source and where it comes from."""
        return Response(facts_json(request.project))

    @extend_schema(operation_id="facts_write", summary="Change facts of a project", request=WRITE, responses=WRITTEN, parameters=[DRY_RUN])
    def patch(self, request: Any) -> Response:
        """Change facts typed on ``versions`` (0: no answer yet); 409 carries both values. ``dry_run`` shows the difference alone."""
        if not may_on_project(request.actor, EDIT, request.project):
            raise NotAllowed(_("Your role does not include answering these facts."))
        sent = _Sent(request)
        content: Catalogue = dictionary.content_of(request.project)
        actions.refuse_stale(request.project, content, sent.values, sent.versions, "project", sent.sources)
        plan = actions.plan_facts(request.project, sent.values)
        changed = plan.changed
        if not sent.dry_run:
            changed = actions.save_facts(request.project, sent.values, by=request.user, versions=sent.versions, sources=sent.sources)
        return Response(
            {
                "saved": not sent.dry_run,
                "changed": {name: list(pair) for name, pair in changed.items()},
                "effects": [effect_json(line) for line in plan.effects],
            }
        )


class OrganisationFacts(APIView):
    """The facts of the organisation."""

    declaration = Declaration(EDIT_ORGANISATION, also=("portal.view_all_projects",))

    @extend_schema(operation_id="organisation_facts_list", summary="List the facts of the organisation", responses=FACTS)
    def get(self, request: Any) -> Response:
        """Every fact of the organisation."""
        return Response(facts_json(None))

    @extend_schema(
        operation_id="organisation_facts_write",
        summary="Change facts of the organisation",
        request=WRITE,
        responses=ORGANISATION_WRITTEN,
        parameters=[DRY_RUN],
    )
    def patch(self, request: Any) -> Response:
        """Change facts for all projects; they follow in a job. ``dry_run`` sums the difference over the projects looked at."""
        if not request.actor.may(EDIT_ORGANISATION):
            raise NotAllowed(_("Your role does not include answering these facts."))
        sent = _Sent(request)
        actions.refuse_stale(None, dictionary.content_of(None), sent.values, sent.versions, "organisation", sent.sources)
        changed = actions.plan_organisation(sent.values)
        body: dict[str, Any] = {"saved": not sent.dry_run, "changed": {name: list(pair) for name, pair in changed.items()}}
        if sent.dry_run:
            plan = plan_following(changed, request.actor)
            body["projects"] = {"total": plan.total, "looked_at": plan.looked_at, "touched": plan.touched}
            body["counts"] = dict(plan.counts)
        else:
            actions.save_organisation_facts(sent.values, by=request.user, versions=sent.versions, sources=sent.sources)
        return Response(body)


urlpatterns: list[URLPattern] = [
    path("projects/<uuid:project_id>/facts/", ProjectFacts.as_view(), name="api_project_facts"),
    path("facts/", OrganisationFacts.as_view(), name="api_organisation_facts"),
]
