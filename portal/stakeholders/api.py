"""Contacts, stakeholders and responsibilities as JSON, by the same acts as the pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portal.core.access import MEMBER, requires
from portal.core.errors import Conflict, NotAllowed, NotFound
from portal.core.listing import keyset_page
from portal.projects.access import may_on_project
from portal.projects.api.serializers import known_user
from portal.projects.strip import DIMENSIONS
from portal.stakeholders import actions
from portal.stakeholders.models import Contact, Responsibility, Stakeholder
from portal.stakeholders.queries import ORDER, PAGE_SIZE, contacts_of, stakeholders_of

EDIT = "portal.edit_stakeholders"


class ContactSerializer(serializers.Serializer[Any]):
    """A person or body outside the organisation."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=120)
    organisation = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    position = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    email = serializers.CharField(max_length=254, required=False, allow_blank=True, default="")
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    version = serializers.IntegerField(required=False, help_text="With a change: the version that was read; 409 if it is another one")
    projects = serializers.IntegerField(read_only=True, help_text="Projects the reader may see that name this contact")


class ContactPageSerializer(serializers.Serializer[Any]):
    """One page of the directory."""

    next = serializers.CharField(allow_blank=True)
    previous = serializers.CharField(allow_blank=True)
    results = ContactSerializer(many=True)


class StakeholderSerializer(serializers.Serializer[Any]):
    """An account (``user``) or a contact with a part in the project; scales from 1 (little) to 5 (much)."""

    id = serializers.UUIDField(read_only=True)
    version = serializers.IntegerField(required=False)
    user = serializers.IntegerField(required=False, allow_null=True)
    contact = serializers.UUIDField(required=False, allow_null=True)
    name = serializers.CharField(read_only=True)
    part = serializers.CharField(max_length=120)
    influence = serializers.IntegerField(min_value=1, max_value=5, default=3)
    interest = serializers.IntegerField(min_value=1, max_value=5, default=3)
    note = serializers.CharField(required=False, allow_blank=True, default="")


class ResponsibilitySerializer(serializers.Serializer[Any]):
    """What a stakeholder is for a dimension: R, A, AR, C, I or nothing."""

    stakeholder = serializers.UUIDField()
    dimension = serializers.ChoiceField(choices=DIMENSIONS)
    letters = serializers.ChoiceField(choices=["", "R", "A", "AR", "C", "I"], allow_blank=True)


def _need(request: Any, permission: str) -> None:
    allowed = request.actor.may(permission)
    if not allowed and not (getattr(request, "project", None) and may_on_project(request.actor, permission, request.project)):
        raise NotAllowed(_("Your role does not include this. Ask the administrator of your organisation."))


@requires(MEMBER)
class ContactsView(APIView):
    """The directory."""

    @extend_schema(
        operation_id="contacts_list",
        summary="List the contacts",
        parameters=[OpenApiParameter("q", str), OpenApiParameter("after", str), OpenApiParameter("before", str)],
        responses=ContactPageSerializer,
    )
    def get(self, request: Request) -> Response:
        """Fifty contacts by name."""
        asked = request.query_params
        rows = contacts_of(request.actor, asked.get("q", ""))  # type: ignore[attr-defined]
        page = keyset_page(rows, ORDER, size=PAGE_SIZE, after=asked.get("after", ""), before=asked.get("before", ""))
        return Response({"next": page.next, "previous": page.previous, "results": page.rows})

    @extend_schema(operation_id="contacts_create", summary="Add a contact", request=ContactSerializer, responses={201: ContactSerializer})
    def post(self, request: Any) -> Response:
        """Add a contact."""
        _need(request, EDIT)
        given = ContactSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = {name: value for name, value in given.validated_data.items() if name != "version"}
        contact = actions.create_contact(by=request.user, **data)
        return Response(contacts_of(request.actor).get(id=contact.pk), status=201)


@requires(EDIT)
class ContactView(APIView):
    """One contact."""

    @extend_schema(
        operation_id="contacts_change", summary="Change a contact", request=ContactSerializer(partial=True), responses=ContactSerializer
    )
    def patch(self, request: Any, contact_id: UUID) -> Response:
        """Change some fields; 409 for a stale version."""
        contact = _contact(contact_id)
        given = ContactSerializer(data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        try:
            actions.edit_contact(contact, by=request.user, **given.validated_data)
        except Conflict as conflict:
            conflict.detail["current"] = {"version": conflict.detail.get("version")}
            raise
        return Response(contacts_of(request.actor).get(id=contact_id))

    @extend_schema(operation_id="contacts_delete", summary="Delete a contact", responses={204: None})
    def delete(self, request: Any, contact_id: UUID) -> Response:
        """Delete a contact that no project names."""
        actions.delete_contact(_contact(contact_id), by=request.user)
        return Response(status=204)


def _contact(contact_id: UUID) -> Contact:
    contact = Contact.objects.filter(pk=contact_id).first()
    if contact is None:
        raise NotFound()
    return contact


def _row_json(row: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "part", "influence", "interest", "note", "version")
    return {"id": row["pk"], "user": row["user_id"], "contact": row["contact_id"], **{name: row[name] for name in names}}


@requires("portal.view_project", on="project")
class StakeholdersView(APIView):
    """The stakeholders of a project."""

    @extend_schema(operation_id="stakeholders_list", summary="List the stakeholders", responses=StakeholderSerializer(many=True))
    def get(self, request: Any) -> Response:
        """Everybody, most influence first."""
        return Response([_row_json(row) for row in stakeholders_of(request.project)])

    @extend_schema(
        operation_id="stakeholders_add", summary="Name a stakeholder", request=StakeholderSerializer, responses={201: StakeholderSerializer}
    )
    def post(self, request: Any) -> Response:
        """Name an account or a contact."""
        _need(request, EDIT)
        given = StakeholderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = dict(given.validated_data)
        user_id, contact_id = data.pop("user", None), data.pop("contact", None)
        data.pop("version", None)
        added = actions.add_stakeholder(
            request.project,
            by=request.user,
            user=known_user("user", user_id) if user_id is not None else None,
            contact=_contact(contact_id) if contact_id is not None else None,
            **data,
        )
        row = next(row for row in stakeholders_of(request.project) if row["pk"] == added.pk)
        return Response(_row_json(row), status=201)


@requires(EDIT, on="project")
class StakeholderView(APIView):
    """One stakeholder."""

    @extend_schema(
        operation_id="stakeholders_change", summary="Change a stakeholder", request=StakeholderSerializer, responses=StakeholderSerializer
    )
    def put(self, request: Any, stakeholder_id: UUID) -> Response:
        """Change part, influence, interest and note; 409 for a stale version."""
        found = _stakeholder(request, stakeholder_id)
        given = StakeholderSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = {name: given.validated_data[name] for name in ("part", "influence", "interest", "note")}
        try:
            actions.edit_stakeholder(found, version=given.validated_data.get("version", 0), by=request.user, **data)
        except Conflict as conflict:
            conflict.detail["current"] = {"version": conflict.detail.get("version")}
            raise
        row = next(row for row in stakeholders_of(request.project) if row["pk"] == found.pk)
        return Response(_row_json(row))

    @extend_schema(operation_id="stakeholders_remove", summary="Remove a stakeholder", responses={204: None})
    def delete(self, request: Any, stakeholder_id: UUID) -> Response:
        """Take somebody off the list."""
        actions.remove_stakeholder(_stakeholder(request, stakeholder_id), by=request.user)
        return Response(status=204)


def _stakeholder(request: Any, stakeholder_id: UUID) -> Stakeholder:
    found = Stakeholder.objects.select_related("user", "contact").filter(pk=stakeholder_id, project=request.project).first()
    if found is None:
        raise NotFound()
    return found


@requires("portal.view_project", on="project")
class ResponsibilitiesView(APIView):
    """The responsibility matrix."""

    @extend_schema(operation_id="responsibilities_list", summary="List the responsibilities", responses=ResponsibilitySerializer(many=True))
    def get(self, request: Any) -> Response:
        """All cells that hold something."""
        cells: dict[tuple[Any, str], str] = {}
        rows = Responsibility.objects.filter(project=request.project).order_by("stakeholder_id", "dimension", "raci")
        for stakeholder_id, dimension, letter in rows.values_list("stakeholder_id", "dimension", "raci"):
            cells[stakeholder_id, dimension] = cells.get((stakeholder_id, dimension), "") + letter
        return Response([{"stakeholder": who, "dimension": code, "letters": letters} for (who, code), letters in cells.items()])

    @extend_schema(
        operation_id="responsibilities_set",
        summary="Set a responsibility",
        request=ResponsibilitySerializer,
        responses=ResponsibilitySerializer,
    )
    def put(self, request: Any) -> Response:
        """Set one cell; 409 when somebody else is accountable already."""
        _need(request, EDIT)
        given = ResponsibilitySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        found = _stakeholder(request, data["stakeholder"])
        actions.set_responsibility(found, data["dimension"], data["letters"], by=request.user)
        return Response(data)


urlpatterns = [
    path("api/v1/contacts/", ContactsView.as_view(), name="api_contacts"),
    path("api/v1/contacts/<uuid:contact_id>/", ContactView.as_view(), name="api_contact"),
    path("api/v1/projects/<uuid:project_id>/stakeholders/", StakeholdersView.as_view(), name="api_stakeholders"),
    path("api/v1/projects/<uuid:project_id>/stakeholders/<uuid:stakeholder_id>/", StakeholderView.as_view(), name="api_stakeholder"),
    path("api/v1/projects/<uuid:project_id>/responsibilities/", ResponsibilitiesView.as_view(), name="api_responsibilities"),
]
