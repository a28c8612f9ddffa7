"""Projects and their people over JSON."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from uuid_utils.compat import uuid7

from portal.core.access import MEMBER, requires
from portal.core.errors import Conflict, NotAllowed, NotFound
from portal.core.listing import capped_counts, keyset_page
from portal.projects import actions
from portal.projects.access import may_on_project, visible_project
from portal.projects.api import serializers as shapes
from portal.projects.filters import ProjectFilter
from portal.projects.intake.drafts import register_at_once
from portal.projects.models import ProjectMember
from portal.projects.people import members_of
from portal.projects.queries import PAGE_SIZE, SORTS, as_rows, order_of, summaries_visible_to

FILTERS = [
    *(OpenApiParameter(name, str, description=given.label, many=name == "stage") for name, given in ProjectFilter.base_filters.items()),
    OpenApiParameter("sort", str, enum=[*SORTS, *(f"-{key}" for key in SORTS)]),
    OpenApiParameter("after", str),
    OpenApiParameter("before", str),
]


def need(request: Any, permission: str) -> None:
    """Refuse what the person may see but not do."""
    if not may_on_project(request.actor, permission, request.project):
        raise NotAllowed(_("Your role in this project does not include this. Ask the project owner or the administrator."))


@requires(MEMBER)
class ProjectsView(APIView):
    """The portfolio."""

    @extend_schema(operation_id="projects_list", summary="List the projects", parameters=FILTERS, responses=shapes.ProjectPageSerializer)
    def get(self, request: Request) -> Response:
        """Fifty projects the person may see, with the filters and orders of the portfolio page."""
        asked: Any = request.query_params
        actor: Any = request.actor  # type: ignore[attr-defined]
        chosen = ProjectFilter(asked, queryset=summaries_visible_to(actor), request=request)
        _key, order = order_of(asked.get("sort", ""))
        page = keyset_page(as_rows(chosen.walked), order, size=PAGE_SIZE, after=asked.get("after", ""), before=asked.get("before", ""))
        (count,) = capped_counts(chosen.qs)
        results = [shapes.row_json(row) for row in page.rows]
        return Response({"count": count, "next": page.next, "previous": page.previous, "results": results})

    @extend_schema(
        operation_id="projects_register",
        summary="Register a project",
        request=shapes.ProjectCreateSerializer,
        responses={201: shapes.ProjectSerializer, 200: shapes.ProjectSerializer},
    )
    def post(self, request: Any) -> Response:
        """Register a project with its facts and people, all or nothing. The same ``id`` a second time answers 200 with that project."""
        if not request.actor.may("portal.create_project"):
            raise NotAllowed(_("Your role does not include this. Ask the administrator of your organisation."))
        given = shapes.ProjectCreateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        draft_id = given.validated_data.get("id") or uuid7()
        project, new = register_at_once(draft_id, given.steps(request.user), by=request.actor)
        # Whoever registered it for others is told once how it was registered; later it is theirs.
        return Response(shapes.project_json(project if new else visible_project(request.actor, project.pk)), status=201 if new else 200)


@requires("portal.view_project", on="project")
class ProjectView(APIView):
    """One project."""

    @extend_schema(operation_id="project_read", summary="Read a project", responses=shapes.ProjectSerializer)
    def get(self, request: Any) -> Response:
        """What the project says about itself."""
        return Response(shapes.project_json(request.project))

    @extend_schema(
        operation_id="project_change",
        summary="Change a project",
        request=shapes.ProjectChangeSerializer,
        responses=shapes.ProjectSerializer,
    )
    def patch(self, request: Any) -> Response:
        """Change some fields; 409 with the present version when somebody else was faster."""
        need(request, "portal.edit_project")
        given = shapes.ProjectChangeSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            actions.edit_project(request.project, version=given.validated_data["version"], by=request.user, **given.changes())
        except Conflict as conflict:
            conflict.detail["current"] = {"version": conflict.detail.get("version")}
            raise
        return Response(shapes.project_json(request.project))


@requires("portal.steer_project", on="project")
class ProjectSteerView(APIView):
    """Steps aside and back."""

    @extend_schema(
        operation_id="project_steer",
        summary="Hold, resume, stop or retire a project",
        request=shapes.SteerSerializer,
        responses=shapes.ProjectSerializer,
    )
    def post(self, request: Any) -> Response:
        """Hold, resume, stop or retire the project."""
        given = shapes.SteerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        act = {
            "hold": actions.hold_project,
            "resume": actions.resume_project,
            "stop": actions.stop_project,
            "retire": actions.retire_project,
        }[given.validated_data["act"]]
        act(request.project, by=request.user, reason=given.validated_data["reason"])
        return Response(shapes.project_json(request.project))


def member_json(row: dict[str, Any]) -> dict[str, Any]:
    """A row of ``members_of`` for the JSON."""
    return {
        "id": row["pk"],
        "user": shapes.person(row["user_id"], row["name"]),
        "role": row["role_key"],
        "deputy": row["deputy"],
        "starts_on": row["starts_on"],
        "ends_on": row["ends_on"],
    }


@requires("portal.view_project", on="project")
class ProjectPeopleView(APIView):
    """Who holds which role."""

    @extend_schema(
        operation_id="project_people_list", summary="List the people of a project", responses=shapes.ProjectMemberSerializer(many=True)
    )
    def get(self, request: Any) -> Response:
        """Everybody with a role, those of the past too."""
        return Response([member_json(row) for row in members_of(request.project)])

    @extend_schema(
        operation_id="project_people_add",
        summary="Give somebody a role in a project",
        request=shapes.ProjectMemberWriteSerializer,
        responses={201: shapes.ProjectMemberSerializer},
    )
    def post(self, request: Any) -> Response:
        """Give somebody a role."""
        need(request, "portal.manage_project_people")
        given = shapes.ProjectMemberWriteSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = dict(given.validated_data)
        user = shapes.known_user("user", data.pop("user"))
        member = actions.add_member(request.project, user=user, role_key=data.pop("role"), by=request.user, **data)
        row = next(row for row in members_of(request.project) if row["pk"] == member.pk)
        return Response(member_json(row), status=201)


@requires("portal.manage_project_people", on="project")
class ProjectMemberView(APIView):
    """One role of one person."""

    @extend_schema(operation_id="project_people_end", summary="End somebody's role in a project", responses={204: None})
    def delete(self, request: Any, member_id: UUID) -> Response:
        """End the role at once."""
        member = ProjectMember.objects.select_related("user").filter(pk=member_id, project=request.project).first()
        if member is None:
            raise NotFound()
        actions.end_member(member, by=request.user)
        return Response(status=204)
