"""Items, proofs and comments as JSON, by the same actions as the pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import FileResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from assessments.checklists.actions.answers import evidence_of, save_answer, visible_answer
from assessments.checklists.actions.comments import add_comment
from assessments.checklists.actions.evidence import add_evidence
from assessments.checklists.filters import ItemFilter
from assessments.checklists.models import Answer, Assessment, Comment, Evidence
from assessments.checklists.pages.scene import Scene
from assessments.checklists.views.evidence import day_of, download, evidence_of_project
from portal.catalogue import Catalogue, catalogue
from portal.core.access import Declaration
from portal.core.errors import Invalid, NotFound

_SEES = Declaration("portal.view_project", on="project")
_ANSWERS = Declaration("assessments.answer_item", on="project", also=("assessments.assign_item",))

_Person = type(inline_serializer("PersonRef", {"id": serializers.IntegerField(), "name": serializers.CharField()}))
_Text = type(inline_serializer("BilingualText", {"zh": serializers.CharField(), "en": serializers.CharField()}))
ITEM = inline_serializer(
    "ChecklistItem",
    {
        "item": serializers.CharField(),
        "dimension": serializers.CharField(),
        "question": _Text(),
        "answer_type": serializers.CharField(),
        "due_gate": serializers.CharField(),
        "depth": serializers.CharField(),
        "blocker": serializers.BooleanField(),
        "answered_by_role": serializers.CharField(),
        "approved_by_role": serializers.CharField(),
        "applies": serializers.BooleanField(),
        "waiting": serializers.BooleanField(),
        "state": serializers.CharField(),
        "verdict": serializers.CharField(),
        "remark": serializers.CharField(),
        "value": serializers.JSONField(allow_null=True),
        "note": serializers.CharField(),
        "version": serializers.IntegerField(),
        "answered_by": _Person(allow_null=True),
        "answered_at": serializers.DateTimeField(allow_null=True),
        "approved_by": _Person(allow_null=True),
        "approved_at": serializers.DateTimeField(allow_null=True),
        "assignee": _Person(allow_null=True),
        "due_on": serializers.DateField(allow_null=True),
        "evidence_count": serializers.IntegerField(),
        "comment_count": serializers.IntegerField(),
    },
)
EVIDENCE = inline_serializer(
    "EvidenceEntry",
    {
        "id": serializers.UUIDField(),
        "kind": serializers.CharField(),
        "name": serializers.CharField(),
        "url": serializers.CharField(),
        "text": serializers.CharField(),
        "size": serializers.IntegerField(),
        "content_type": serializers.CharField(),
        "sha256": serializers.CharField(),
        "personal_data": serializers.BooleanField(),
        "expires_on": serializers.DateField(allow_null=True),
        "added_by": _Person(allow_null=True),
        "added_at": serializers.DateTimeField(),
    },
)
# One item alone says more about itself than in the list.
ITEM_DETAIL = inline_serializer(
    "ChecklistItemDetail",
    {
        **ITEM.fields,
        "why": inline_serializer(
            "ItemReason",
            {
                "sentence": _Text(),
                "rule": _Text(),
                "rule_text": serializers.CharField(allow_blank=True, help_text="As written in the content"),
                "waiting_for": serializers.ListField(child=serializers.CharField(), help_text="Facts and items that are not answered"),
            },
            required=False,
            help_text="Why the item is judged as it is; missing where it does not apply",
        ),
        "for_a_pass": inline_serializer(
            "ItemNeed", {"text": _Text(), "met": serializers.BooleanField(allow_null=True)}, many=True, required=False
        ),
        "evidence": type(EVIDENCE)(many=True),
    },
)
COMMENT = inline_serializer(
    "ItemComment",
    {
        "id": serializers.UUIDField(),
        "author": _Person(allow_null=True),
        "body": serializers.CharField(),
        "mentions": serializers.JSONField(),
        "created_at": serializers.DateTimeField(),
        "removed": serializers.BooleanField(),
    },
)


def _object(data: Any) -> Any:
    """The body as an object with names. Raises Invalid for a list or a bare value."""
    if not isinstance(data, dict):
        raise Invalid(_("The body must be an object with names."), fields={})
    return data


def _person(user: Any) -> dict[str, Any] | None:
    return {"id": user.pk, "name": user.name} if user is not None else None


def item_json(content: Catalogue, answer: Answer) -> dict[str, Any]:
    """One item as stored and judged."""
    item = content.items[answer.item_key]
    return {
        "item": item.id,
        "dimension": item.dimension,
        "question": item.question,
        "answer_type": item.answer_type,
        "due_gate": answer.due_gate,
        "depth": item.depth,
        "blocker": answer.blocker,
        "answered_by_role": item.answered_by,
        "approved_by_role": item.approved_by,
        "applies": answer.applies,
        "waiting": answer.waiting,
        "state": answer.state,
        "verdict": answer.verdict,
        "remark": answer.remark,
        "value": answer.value,
        "note": answer.note,
        "version": answer.version,
        "answered_by": _person(answer.answered_by),
        "answered_at": answer.answered_at,
        "approved_by": _person(answer.approved_by),
        "approved_at": answer.approved_at,
        "assignee": _person(answer.assignee),
        "due_on": answer.due_on,
        "evidence_count": answer.evidence_count,
        "comment_count": answer.comment_count,
    }


def evidence_json(proof: Evidence) -> dict[str, Any]:
    """One proof; its bytes have their own address."""
    names = ("id", "kind", "name", "url", "text", "size", "content_type", "sha256", "personal_data", "expires_on", "added_at")
    return {**{name: getattr(proof, name) for name in names}, "added_by": _person(proof.added_by)}


def comment_json(comment: Comment) -> dict[str, Any]:
    """One remark; a removed one without its text."""
    removed = comment.removed_at is not None
    return {
        "id": comment.pk,
        "author": _person(comment.author),
        "body": "" if removed else comment.body,
        "mentions": [] if removed else comment.mentions,
        "created_at": comment.created_at,
        "removed": removed,
    }


class Items(APIView):
    """All items of a project."""

    declaration = _SEES

    @extend_schema(
        operation_id="items_list",
        summary="List the checklist items",
        parameters=[OpenApiParameter(name) for name in ("dimension", "state", "verdict", "due_gate", "blocker", "applies", "mine")],
        responses=inline_serializer(
            "ChecklistItems",
            {
                "catalogue": serializers.CharField(),
                "tier": serializers.CharField(),
                "count": serializers.IntegerField(),
                "items": type(ITEM)(many=True),
            },
        ),
    )
    def get(self, request: Any) -> Response:
        """Items in the order of the content, each with answer, state and verdict."""
        assessment = Assessment.objects.filter(project=request.project).first()
        if assessment is None:
            raise NotFound()
        rows = Answer.objects.filter(assessment=assessment).select_related("answered_by", "approved_by", "assignee").order_by("position")
        chosen = ItemFilter(request.GET, queryset=rows, request=request)
        if not chosen.is_valid():
            raise Invalid(_("The filter cannot be read."), fields=chosen.errors)
        content = catalogue(assessment.catalogue_id)
        found = [item_json(content, answer) for answer in chosen.qs if answer.item_key in content.items]
        return Response({"catalogue": content.version, "tier": assessment.tier, "count": len(found), "items": found})


class ItemDetail(APIView):
    """One item with its reason and its proofs."""

    declaration = _SEES

    @extend_schema(operation_id="items_retrieve", summary="Read a checklist item", responses=ITEM_DETAIL)
    def get(self, request: Any, item_key: str) -> Response:
        """The item, why it is judged as it is, what a pass still asks for, and its proofs."""
        return Response(_detail(request, item_key))


def _detail(request: Any, item_key: str) -> dict[str, Any]:
    answer = visible_answer(request.project, item_key)
    scene = Scene(request.project, [item_key], assessment=answer.assessment)
    body = item_json(scene.content, answer)
    if answer.applies:
        why = scene.why(item_key)
        body["why"] = {
            "sentence": why.sentence,
            "rule": why.rule,
            "rule_text": why.rule_text,
            "waiting_for": scene.verdict(item_key).waiting.names(),
        }
        body["for_a_pass"] = [{"text": need.text, "met": need.met} for need in scene.needs(item_key)]
    body["evidence"] = [evidence_json(proof) for proof in evidence_of(answer)]
    return body


class ItemAnswer(APIView):
    """The answer of one item."""

    declaration = _ANSWERS

    @extend_schema(
        operation_id="items_answer",
        summary="Answer a checklist item",
        request=inline_serializer(
            "ItemAnswerWrite",
            {
                "value": serializers.JSONField(allow_null=True),
                "note": serializers.CharField(required=False),
                "version": serializers.IntegerField(),
            },
        ),
        responses=ITEM_DETAIL,
    )
    def put(self, request: Any, item_key: str) -> Response:
        """Save the answer typed on ``version``; 409 carries what somebody else saved meanwhile."""
        body = _object(request.data)
        if not isinstance(body.get("version"), int) or isinstance(body.get("version"), bool):
            raise Invalid(_("Say which version the answer is based on."), fields={"version": [_("A whole number is needed.")]})
        if "value" not in body:
            raise Invalid(_("The value is missing; null clears the answer."), fields={"value": [_("A value is needed.")]})
        answer = visible_answer(request.project, item_key)
        note = body.get("note", answer.note)
        if not isinstance(note, str):
            raise Invalid(_("The note must be text."), fields={"note": [_("Text is needed here.")]})
        save_answer(answer, value=body["value"], note=note, version=body["version"], by=request.actor)
        return Response(_detail(request, item_key))


class ItemComments(APIView):
    """Remarks on one item."""

    declaration = _SEES

    @extend_schema(
        operation_id="items_comments",
        summary="List the comments on an item",
        responses=inline_serializer("ItemComments", {"comments": type(COMMENT)(many=True)}),
    )
    def get(self, request: Any, item_key: str) -> Response:
        """Oldest first."""
        answer = visible_answer(request.project, item_key)
        rows = Comment.objects.filter(answer=answer).select_related("author").order_by("created_at")
        return Response({"comments": [comment_json(row) for row in rows]})

    @extend_schema(
        operation_id="items_comment",
        summary="Comment on an item",
        request=inline_serializer(
            "ItemCommentWrite",
            {
                "body": serializers.CharField(),
                "mentioned": serializers.ListField(child=serializers.IntegerField(), required=False, help_text="Accounts that are told"),
            },
        ),
        responses={201: COMMENT},
    )
    def post(self, request: Any, item_key: str) -> Response:
        """Add a remark; people are named by ``@`` and their address, or by ``mentioned`` (ids)."""
        answer = visible_answer(request.project, item_key)
        data = _object(request.data)
        mentioned = data.get("mentioned") or []
        if not isinstance(mentioned, list) or not all(isinstance(one, int) for one in mentioned):
            raise Invalid(_("People are named by their numbers."), fields={"mentioned": [_("A list of numbers is needed.")]})
        body = data.get("body", "")
        if not isinstance(body, str):
            raise Invalid(_("Not saved: some fields cannot be read."), fields={"body": [_("Text is needed here.")]})
        comment = add_comment(answer, body=body, by=request.actor, mentioned=mentioned)
        return Response(comment_json(comment), status=201)


class EvidenceList(APIView):
    """The evidence library of a project."""

    declaration = _SEES

    @extend_schema(
        operation_id="evidence_list",
        summary="List the evidence of a project",
        responses=inline_serializer("EvidenceEntries", {"evidence": type(EVIDENCE)(many=True)}),
    )
    def get(self, request: Any) -> Response:
        """Newest first, at most 500."""
        rows = Evidence.objects.filter(project=request.project, removed_at=None).select_related("added_by").order_by("-added_at")[:500]
        return Response({"evidence": [evidence_json(row) for row in rows]})

    @extend_schema(
        operation_id="evidence_add",
        summary="Add evidence",
        request=inline_serializer(
            "EvidenceWrite",
            {
                "kind": serializers.ChoiceField(choices=Evidence.Kind.choices),
                "file": serializers.FileField(required=False),
                "url": serializers.CharField(required=False),
                "text": serializers.CharField(required=False),
                "name": serializers.CharField(required=False),
                "expires_on": serializers.DateField(required=False),
                "personal_data": serializers.BooleanField(required=False),
                "items": serializers.ListField(child=serializers.CharField(), required=False),
            },
        ),
        responses={201: EVIDENCE},
    )
    def post(self, request: Any) -> Response:
        """Add a file (multipart), a link or a note, and attach it to ``items``."""
        data = _object(request.data)
        keys = data.getlist("items") if hasattr(data, "getlist") else data.get("items") or []
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise Invalid(_("Not saved: some fields cannot be read."), fields={"items": [_("A list of item codes is needed.")]})
        answers = [visible_answer(request.project, key) for key in keys[:50]]
        proof = add_evidence(
            request.project,
            kind=str(data.get("kind", "file")),
            by=request.actor,
            upload=request.FILES.get("file"),
            url=str(data.get("url", "")),
            text=str(data.get("text", "")),
            name=str(data.get("name", "")),
            expires_on=day_of(str(data.get("expires_on") or "")),
            personal_data=str(data.get("personal_data", "")).lower() in ("1", "true", "on", "yes"),
            attach_to=answers,
            store_again=str(data.get("store_again", "")).lower() in ("1", "true", "on", "yes"),
        )
        return Response(evidence_json(proof), status=201)


class EvidenceFile(APIView):
    """The bytes of a proof."""

    declaration = _SEES

    @extend_schema(
        operation_id="evidence_file", summary="Download a file of evidence", responses={(200, "application/octet-stream"): bytes}
    )
    def get(self, request: Any, evidence_id: UUID) -> FileResponse:
        """As a download."""
        proof = evidence_of_project(request, evidence_id)
        if proof.kind != Evidence.Kind.FILE:
            raise NotFound()
        return download(proof)


_PROJECT = "projects/<uuid:project_id>/"
urlpatterns: list[URLPattern] = [
    path(f"{_PROJECT}items/", Items.as_view(), name="api_items"),
    path(f"{_PROJECT}items/<str:item_key>/", ItemDetail.as_view(), name="api_item"),
    path(f"{_PROJECT}items/<str:item_key>/answer/", ItemAnswer.as_view(), name="api_item_answer"),
    path(f"{_PROJECT}items/<str:item_key>/comments/", ItemComments.as_view(), name="api_item_comments"),
    path(f"{_PROJECT}evidence/", EvidenceList.as_view(), name="api_evidence"),
    path(f"{_PROJECT}evidence/<uuid:evidence_id>/file/", EvidenceFile.as_view(), name="api_evidence_file"),
]
