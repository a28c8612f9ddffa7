"""Parts of counts as JSON, by the same action as the pages."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.core.access import Declaration
from portal.core.errors import Invalid
from portal.projects.facts import parts
from portal.projects.models import CountPart, Project


def _part() -> dict[str, Any]:
    return {
        "value": serializers.IntegerField(allow_null=True, help_text="People; below 0 only for the organisation. null: no statement"),
        "source": serializers.CharField(required=False, allow_blank=True),
        "version": serializers.IntegerField(help_text="Of the part that was read; 0 for none"),
    }


WRITE = inline_serializer("CountPartWrite", _part())
COUNT = inline_serializer(
    "Count",
    {
        "fact": serializers.CharField(),
        "year": serializers.IntegerField(help_text="0: a stock, else counted from 1 January of that year"),
        "total": serializers.IntegerField(allow_null=True),
        "own": inline_serializer("CountPartOwn", _part()),
        "parts": inline_serializer(
            "CountPartOfProject",
            {
                "project": serializers.CharField(),
                "value": serializers.IntegerField(),
                "counts": serializers.BooleanField(help_text="A project that is over does not count in a stock"),
                "source": serializers.CharField(),
            },
            many=True,
        ),
        "other_projects": serializers.IntegerField(help_text="Projects that the caller may not see"),
        "other_value": serializers.IntegerField(),
    },
)


def count_json(request: Any, project: Project | None, name: str) -> dict[str, Any]:
    """One count with the part of the place that was asked for, and those of the projects the caller sees."""
    fact = parts.counted_fact(project, name)
    found = parts.parts_of(fact, project, request.actor)
    return {
        "fact": fact.id,
        "year": found.year,
        "total": found.total,
        "own": _own(found.own),
        "parts": [
            {"project": row.project.code, "value": row.value, "counts": row.pk not in found.over, "source": row.source}
            for row in found.rows
            if row.project is not None
        ],
        "other_projects": found.hidden,
        "other_value": found.hidden_sum,
    }


def _own(row: CountPart | None) -> dict[str, Any]:
    return {"value": row.value, "source": row.source, "version": row.version} if row else {"value": None, "source": "", "version": 0}


def _put(request: Any, project: Project | None, name: str) -> Response:
    body = request.data if isinstance(request.data, dict) else {}
    version, source = body.get("version"), body.get("source", "")
    faults = {}
    if "value" not in body:
        faults["value"] = [_("Send a number, or null to take the part back.")]
    if not isinstance(version, int) or isinstance(version, bool):
        faults["version"] = [_("Send the version that you have seen, 0 for none.")]
    if not isinstance(source, str):
        faults["source"] = [_("Send a text.")]
    if faults or not isinstance(version, int) or not isinstance(source, str):
        raise Invalid(_("The request cannot be read."), fields=faults)
    parts.save_part(project, name, body["value"], source=source, version=version, by=request.actor)
    return Response(count_json(request, project, name))


class ProjectPart(APIView):
    """The part of one project in a count of the organisation."""

    declaration = Declaration("portal.view_project", on="project")

    @extend_schema(operation_id="count_part_read", summary="Read a count and the part of a project", responses=COUNT)
    def get(self, request: Any, fact: str) -> Response:
        """The sum, the part of this project, and those of other projects that the caller sees."""
        return Response(count_json(request, request.project, fact))

    @extend_schema(operation_id="count_part_write", summary="State the part of a project in a count", request=WRITE, responses=COUNT)
    def put(self, request: Any, fact: str) -> Response:
        """The organisation's answer becomes the sum; 409 carries what stands."""
        return _put(request, request.project, fact)


class OrganisationPart(APIView):
    """People outside all projects, less those who would count twice."""

    declaration = Declaration(parts.EDIT_ORGANISATION, also=("portal.view_all_projects",))

    @extend_schema(operation_id="organisation_count_part_read", summary="Read a count and its parts", responses=COUNT)
    def get(self, request: Any, fact: str) -> Response:
        """The sum with its parts."""
        return Response(count_json(request, None, fact))

    @extend_schema(
        operation_id="organisation_count_part_write", summary="State the organisation’s own part in a count", request=WRITE, responses=COUNT
    )
    def put(self, request: Any, fact: str) -> Response:
        """Below 0 it takes out people who would count twice; 409 carries what stands."""
        return _put(request, None, fact)


urlpatterns: list[URLPattern] = [
    path("projects/<uuid:project_id>/facts/<slug:fact>/part/", ProjectPart.as_view(), name="api_project_part"),
    path("facts/<slug:fact>/part/", OrganisationPart.as_view(), name="api_organisation_part"),
]
