"""Members and roles of the organisation as JSON, to read."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.core.access import requires
from portal.roles import queries
from portal.roles.forms import MemberFilterForm
from portal.roles.models import Role


class MemberSerializer(serializers.Serializer[Any]):
    """One member."""

    id = serializers.UUIDField()
    name = serializers.CharField(source="user__name")
    email = serializers.EmailField(source="user__email")
    title = serializers.CharField()
    unit = serializers.CharField()
    active = serializers.BooleanField()
    member_since = serializers.DateTimeField(source="created_at")
    ended_at = serializers.DateTimeField(allow_null=True)
    roles = serializers.SerializerMethodField()

    def get_roles(self, row: dict[str, Any]) -> list[str]:
        """Keys of the tenant-wide roles."""
        return [role.key for role in row["roles"]]


class MemberPageSerializer(serializers.Serializer[Any]):
    """One page of members and the cursors of its neighbours."""

    results = MemberSerializer(many=True)
    previous = serializers.CharField()
    next = serializers.CharField()


class RoleSerializer(serializers.Serializer[Any]):
    """One role with what it holds."""

    id = serializers.UUIDField(source="role.id")
    key = serializers.CharField(source="role.key")
    kind = serializers.ChoiceField(choices=Role.Kind.choices, source="role.kind")
    name_zh = serializers.CharField(source="role.name_zh")
    name_en = serializers.CharField(source="role.name_en")
    builtin = serializers.BooleanField(source="role.builtin")
    people = serializers.IntegerField()
    permissions = serializers.SerializerMethodField()

    def get_permissions(self, column: queries.RoleColumn) -> list[str]:
        """Names of the permissions, sorted."""
        return sorted(column.held)


@requires("portal.manage_people")
class MembersView(APIView):
    """Members by name."""

    @extend_schema(
        operation_id="members_list",
        summary="List the members",
        parameters=[
            OpenApiParameter("q", str, description="In name, e-mail address, position or unit."),
            OpenApiParameter("role", str, description="Key of a tenant-wide role."),
            OpenApiParameter("ended", bool, description="Ended memberships instead of active ones."),
            OpenApiParameter("after", str),
            OpenApiParameter("before", str),
        ],
        responses=MemberPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """One page, with the filters of the people page."""
        form = MemberFilterForm(request.query_params)
        asked = form.cleaned_data if form.is_valid() else {}
        found = queries.members(q=asked.get("q", ""), role=asked.get("role", ""), ended=bool(asked.get("ended")))
        page = queries.members_page(found, after=asked.get("after", ""), before=asked.get("before", ""))
        return Response(MemberPageSerializer({"results": page.rows, "previous": page.previous, "next": page.next}).data)


@requires("portal.manage_roles", any_of=("portal.manage_people",))
class RolesView(APIView):
    """Roles and what they hold."""

    @extend_schema(operation_id="roles_list", summary="List the roles and what they hold", responses=RoleSerializer(many=True))
    def get(self, request: Request) -> Response:
        """All roles, tenant-wide ones first."""
        columns = [*queries.role_columns(Role.Kind.TENANT), *queries.role_columns(Role.Kind.PROJECT)]
        return Response(RoleSerializer(columns, many=True).data)


members = MembersView.as_view()
roles = RolesView.as_view()
