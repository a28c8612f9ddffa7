"""Documents and dossiers as JSON, by the same actions as the pages."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from django.urls import URLPattern, path
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.dossiers import actions
from compliance.dossiers.actions.assembling import download_name
from compliance.dossiers.frozen import changed_since
from compliance.dossiers.listing import Line, line_of, lines_of, missing
from compliance.dossiers.models import Dossier, DossierFile
from compliance.dossiers.views import dossier_of, subject_for
from compliance.filings.candidates import owners_for
from portal.core.access import Declaration
from portal.core.downloads import attachment
from portal.core.errors import Invalid, NotFound
from portal.tenants.models import User

_SEES = Declaration("compliance.view_project_filings", on="project")
_Text = type(inline_serializer("DocumentText", {"zh": serializers.CharField(), "en": serializers.CharField()}))
_Person = type(inline_serializer("DocumentPerson", {"id": serializers.IntegerField(), "name": serializers.CharField()}))
_Check = type(
    inline_serializer(
        "DocumentCheck",
        {
            "control": serializers.CharField(),
            "what": _Text(),
            "figure": serializers.CharField(),
            "needed": serializers.CharField(),
            "passed": serializers.BooleanField(),
        },
    )
)
_File = type(
    inline_serializer(
        "DocumentFile",
        {
            "number": serializers.IntegerField(),
            "name": serializers.CharField(),
            "size": serializers.IntegerField(),
            "sha256": serializers.CharField(),
            "content_type": serializers.CharField(),
            "source": serializers.ChoiceField(choices=["upload", "evidence", "form"]),
            "note": serializers.CharField(allow_blank=True),
            "checks": _Check(many=True),
            "by": _Person(),
            "at": serializers.DateTimeField(),
        },
    )
)
DOCUMENT = inline_serializer(
    "FilingDocument",
    {
        "key": serializers.CharField(),
        "label": _Text(),
        "required": serializers.BooleanField(),
        "state": serializers.ChoiceField(choices=["missing", "draft", "ready", "approved", "not_needed"]),
        "lacking": serializers.BooleanField(help_text="required, and not good enough to hand in"),
        "reason": serializers.CharField(allow_blank=True),
        "owner": _Person(allow_null=True),
        "expires_on": serializers.DateField(allow_null=True),
        "expired": serializers.BooleanField(),
        "note": serializers.CharField(allow_blank=True),
        "form": serializers.CharField(allow_blank=True),
        "version": serializers.IntegerField(),
        "file": _File(allow_null=True),
    },
)
_LIST = inline_serializer(
    "FilingDocuments",
    {"count": serializers.IntegerField(), "missing": serializers.IntegerField(), "documents": type(DOCUMENT)(many=True)},
)
DOSSIER = inline_serializer(
    "Dossier",
    {
        "number": serializers.IntegerField(),
        "language": serializers.ChoiceField(choices=["zh", "en", "both"]),
        "complete": serializers.BooleanField(),
        "missing": serializers.ListField(child=serializers.CharField()),
        "content_sha256": serializers.CharField(),
        "ordered_by": _Person(),
        "ordered_at": serializers.DateTimeField(),
        "job": serializers.UUIDField(allow_null=True),
        "state": serializers.CharField(help_text="ready, or the state of the job that makes it"),
        "sha256": serializers.CharField(allow_blank=True),
        "size": serializers.IntegerField(),
        "files": serializers.JSONField(help_text="name, document, sha256 and size of what is in the ZIP"),
        "changed_since": serializers.ListField(child=serializers.CharField(), required=False),
    },
)
_DOSSIERS = inline_serializer("Dossiers", {"count": serializers.IntegerField(), "dossiers": type(DOSSIER)(many=True)})


def document_json(line: Line) -> dict[str, Any]:
    """One document as it stands."""
    row, file = line.row, line.file
    return {
        "key": line.key,
        "label": dict(line.label),
        "required": line.required,
        "state": line.state,
        "lacking": line.lacking,
        "reason": row.reason if row else "",
        "owner": _person(row.owner) if row and row.owner else None,
        "expires_on": row.expires_on if row else None,
        "expired": line.expired,
        "note": row.note if row else "",
        "form": line.form.id if line.form else "",
        "version": line.version,
        "file": {
            **{name: getattr(file, name) for name in ("number", "name", "size", "sha256", "content_type", "source", "note", "checks")},
            "by": _person(file.added_by),
            "at": file.added_at,
        }
        if file
        else None,
    }


def _person(user: User) -> dict[str, Any]:
    return {"id": user.pk, "name": user.name}


def dossier_json(row: Dossier, file: DossierFile | None) -> dict[str, Any]:
    """One dossier."""
    return {
        "number": row.number,
        "language": row.language,
        "complete": row.complete,
        "missing": row.content["missing"],
        "content_sha256": row.content_sha256,
        "ordered_by": _person(row.ordered_by),
        "ordered_at": row.ordered_at,
        "job": row.job_id,
        "state": "ready" if file else row.job.state if row.job else "failed",
        "sha256": file.sha256 if file else "",
        "size": file.size if file else 0,
        "files": file.entries if file else [],
    }


def _given(request: Any) -> dict[str, Any]:
    if not hasattr(request.data, "get"):
        raise Invalid(_("An object is needed."))
    return {name: request.data.get(name) for name in request.data}


def _version(data: dict[str, Any]) -> int:
    given = data.get("version")
    if isinstance(given, str) and given.isdecimal() and len(given) <= 9:
        given = int(given)
    if not isinstance(given, int) or isinstance(given, bool):
        raise Invalid(_("Say which version the act is based on."), fields={"version": [_("A whole number is needed.")]})
    return given


def _text(data: dict[str, Any], name: str) -> str:
    given = data.get(name)
    if given is not None and not isinstance(given, str):
        raise Invalid(_("This is not a text."), fields={name: [_("A text without control characters is needed.")]})
    return given or ""


def _day(data: dict[str, Any], name: str) -> Any:
    given = _text(data, name)
    try:
        day = parse_date(given) if given else None
    except ValueError:
        day = None
    if given and day is None:
        raise Invalid(_("This is not a date."), fields={name: [_("Write it like 2026-11-23.")]})
    return day


def _line(request: Any, regime: str, key: str) -> Line:
    found = line_of(lines_of(subject_for(request, regime)), key)
    if found is None:
        raise NotFound(_("There is no such document."))
    return found


class Documents(APIView):
    """The documents of one filing."""

    declaration = _SEES

    @extend_schema(operation_id="documents_list", summary="List the documents of a filing", responses=_LIST)
    def get(self, request: Any, regime: str) -> Response:
        """In the authority's order, the organisation's own last."""
        lines = lines_of(subject_for(request, regime))
        return Response({"count": len(lines), "missing": len(missing(lines)), "documents": [document_json(line) for line in lines]})

    @extend_schema(
        operation_id="documents_add",
        summary="Add a document that the content does not name",
        request=inline_serializer("OwnDocument", {"title": serializers.CharField()}),
        responses={201: DOCUMENT},
    )
    def post(self, request: Any, regime: str) -> Response:
        """The same title twice is one document."""
        subject_for(request, regime)
        row = actions.add_own(request.project, regime, title=_text(_given(request), "title"), by=request.actor)
        return Response(document_json(_line(request, regime, row.key)), status=201)


class DocumentUpload(APIView):
    """A new version of a document."""

    declaration = _SEES

    @extend_schema(
        operation_id="documents_upload",
        summary="Upload a version of a document",
        request={
            "multipart/form-data": inline_serializer(
                "DocumentUpload",
                {
                    "file": serializers.FileField(),
                    "version": serializers.IntegerField(),
                    "expires_on": serializers.DateField(required=False),
                    "note": serializers.CharField(required=False),
                },
            )
        },
        responses={201: DOCUMENT},
    )
    def post(self, request: Any, regime: str, key: str) -> Response:
        """Multipart. The same bytes as the version that counts are that version; 409 carries what stands now."""
        _line(request, regime, key)
        data = _given(request)
        given: dict[str, Any] = {"expires_on": _day(data, "expires_on"), "note": _text(data, "note"), "version": _version(data)}
        actions.add_file(request.project, regime, key, upload=request.FILES.get("file"), by=request.actor, **given)
        return Response(document_json(_line(request, regime, key)), status=201)


class DocumentChange(APIView):
    """State, owner, validity and remark of a document."""

    declaration = _SEES

    @extend_schema(
        operation_id="documents_change",
        summary="Change a document",
        request=inline_serializer(
            "DocumentChange",
            {
                "act": serializers.ChoiceField(choices=["state", "plan"]),
                "version": serializers.IntegerField(),
                "to": serializers.CharField(required=False),
                "reason": serializers.CharField(required=False),
                "owner": serializers.IntegerField(required=False, allow_null=True),
                "expires_on": serializers.DateField(required=False, allow_null=True),
                "note": serializers.CharField(required=False),
            },
        ),
        responses=DOCUMENT,
    )
    def post(self, request: Any, regime: str, key: str) -> Response:
        """``state``: move to ``to`` (``reason`` for not_needed). ``plan``: owner, validity and remark; what is left out is taken away."""
        _line(request, regime, key)
        data = _given(request)
        kept: dict[str, Any] = {"version": _version(data), "by": request.actor}
        act = _text(data, "act")
        if act == "state":
            actions.set_state(request.project, regime, key, to=_text(data, "to"), reason=_text(data, "reason"), **kept)
        elif act == "plan":
            owner = self._owner(request, data.get("owner"))
            actions.plan_document(
                request.project, regime, key, owner=owner, expires_on=_day(data, "expires_on"), note=_text(data, "note"), **kept
            )
        else:
            raise Invalid(_("There is no such act."), fields={"act": [act]})
        return Response(document_json(_line(request, regime, key)))

    @staticmethod
    def _owner(request: Any, given: Any) -> User | None:
        if given in (None, ""):
            return None
        if not isinstance(given, int) or isinstance(given, bool) or not 0 < given < 2**62:
            raise Invalid(_("There is no such person."), fields={"owner": [_("A whole number is needed.")]})
        found = owners_for(request.project).filter(pk=given).first()
        if found is None:
            raise Invalid(
                _("There is no such person."), fields={"owner": [_("This person cannot see the project. Add the person there first.")]}
            )
        return found


class DocumentVersion(APIView):
    """The bytes of one version."""

    declaration = _SEES

    @extend_schema(
        operation_id="documents_download", summary="Download a version", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}
    )
    def get(self, request: Any, regime: str, key: str, number: int) -> FileResponse:
        """As a download."""
        content, row = actions.open_file(_line(request, regime, key), number)
        return attachment(content, row.name, row.content_type, row.size)


class Dossiers(APIView):
    """The dossiers of one filing."""

    declaration = _SEES

    @extend_schema(operation_id="dossiers_list", summary="List the dossiers of a filing", responses=_DOSSIERS)
    def get(self, request: Any, regime: str) -> Response:
        """Newest first."""
        subject = subject_for(request, regime)
        rows = Dossier.objects.filter(filing=subject.row).select_related("job", "ordered_by").order_by("-number")[:100]
        files = {one.dossier_id: one for one in DossierFile.objects.filter(filing=subject.row)}
        found = [dossier_json(row, files.get(row.pk)) for row in rows]
        return Response({"count": len(found), "dossiers": found})

    @extend_schema(
        operation_id="dossiers_order",
        summary="Assemble a dossier",
        request=inline_serializer(
            "DossierOrder",
            {
                "language": serializers.ChoiceField(choices=["zh", "en", "both"]),
                "draft": serializers.BooleanField(required=False, help_text="assemble although required documents are missing"),
            },
        ),
        responses={201: DOSSIER, 200: DOSSIER},
    )
    def post(self, request: Any, regime: str) -> Response:
        """Freezes what stands now and orders the ZIP. 409 ``incomplete`` names what is missing unless ``draft``; 200: nothing changed."""
        subject = subject_for(request, regime)
        data = _given(request)
        row, new = actions.order_dossier(
            request.project, regime, language=_text(data, "language"), draft=data.get("draft") in (True, "true", "1"), by=request.actor
        )
        return Response(
            dossier_json(dossier_of(subject, row.number), DossierFile.objects.filter(dossier=row).first()), status=201 if new else 200
        )


class DossierDetail(APIView):
    """One dossier."""

    declaration = _SEES

    @extend_schema(operation_id="dossiers_retrieve", summary="Read a dossier", responses=DOSSIER)
    def get(self, request: Any, regime: str, number: int) -> Response:
        """With what has changed in the record since it was ordered."""
        subject = subject_for(request, regime)
        row = dossier_of(subject, number)
        body = dossier_json(row, DossierFile.objects.filter(dossier=row).first())
        return Response({**body, "changed_since": changed_since(row.content, subject, lines_of(subject))})


class DossierZip(APIView):
    """The ZIP of a dossier."""

    declaration = _SEES

    @extend_schema(
        operation_id="dossiers_download", summary="Download a dossier", responses={(200, "application/zip"): OpenApiTypes.BINARY}
    )
    def get(self, request: Any, regime: str, number: int) -> FileResponse:
        """As a download."""
        row = dossier_of(subject_for(request, regime), number)
        content, file = actions.open_dossier(row)
        return attachment(content, download_name(row), "application/zip", file.size)


_FILING = "projects/<uuid:project_id>/filings/<str:regime>/"
urlpatterns: list[URLPattern] = [
    path(f"{_FILING}documents/", Documents.as_view(), name="api_documents"),
    path(f"{_FILING}documents/<str:key>/upload/", DocumentUpload.as_view(), name="api_document_upload"),
    path(f"{_FILING}documents/<str:key>/change/", DocumentChange.as_view(), name="api_document_change"),
    path(f"{_FILING}documents/<str:key>/versions/<int:number>/", DocumentVersion.as_view(), name="api_document_version"),
    path(f"{_FILING}dossiers/", Dossiers.as_view(), name="api_dossiers"),
    path(f"{_FILING}dossiers/<int:number>/", DossierDetail.as_view(), name="api_dossier"),
    path(f"{_FILING}dossiers/<int:number>/file/", DossierZip.as_view(), name="api_dossier_file"),
]
