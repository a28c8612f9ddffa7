"""Rounds of questions as JSON, by the same actions as the pages."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from compliance.filings.api import body_of, day_of, text_of, version_of
from compliance.filings.candidates import owners_for
from compliance.filings.subjects import Subject, subject_of
from compliance.rounds import actions
from compliance.rounds.models import AuthorityQuestion, AuthorityRound
from compliance.rounds.splitting import split_questions
from compliance.rounds.states import Category, QuestionState, RoundState
from compliance.rounds.views import question_of, round_of
from portal.core.access import Declaration
from portal.core.errors import Invalid
from portal.tenants.models import User

_SEES = Declaration("compliance.view_project_filings", on="project")
_Person = type(inline_serializer("RoundPerson", {"id": serializers.IntegerField(), "name": serializers.CharField()}))
_Question = type(
    inline_serializer(
        "AuthorityQuestion",
        {
            "position": serializers.IntegerField(),
            "text": serializers.CharField(),
            "category": serializers.ChoiceField(choices=Category.values),
            "assignee": _Person(allow_null=True),
            "answer": serializers.CharField(allow_blank=True),
            "documents": serializers.ListField(child=serializers.CharField()),
            "state": serializers.ChoiceField(choices=QuestionState.values),
            "answered_by": _Person(allow_null=True),
            "answered_at": serializers.DateTimeField(allow_null=True),
            "version": serializers.IntegerField(),
        },
    )
)
ROUND = inline_serializer(
    "AuthorityRound",
    {
        "number": serializers.IntegerField(),
        "state": serializers.ChoiceField(choices=RoundState.values),
        "letter_on": serializers.DateField(),
        "received_on": serializers.DateField(),
        "due_on": serializers.DateField(allow_null=True),
        "reference": serializers.CharField(allow_blank=True),
        "note": serializers.CharField(allow_blank=True),
        "file_name": serializers.CharField(allow_blank=True),
        "reply_on": serializers.DateField(allow_null=True),
        "reply_receipt": serializers.CharField(allow_blank=True),
        "reply_reason": serializers.CharField(allow_blank=True),
        "version": serializers.IntegerField(),
        "questions": _Question(many=True),
    },
)
_LIST = inline_serializer(
    "AuthorityRounds", {"filing_version": serializers.IntegerField(), "count": serializers.IntegerField(), "rounds": type(ROUND)(many=True)}
)


def _person(user: User | None) -> dict[str, Any] | None:
    return {"id": user.pk, "name": user.name} if user is not None else None


def rounds_json(subject: Subject) -> dict[str, Any]:
    """All rounds of a filing with their questions, the first one first. Two queries."""
    rounds = list(AuthorityRound.objects.filter(filing=subject.row).order_by("number")) if subject.row is not None else []
    questions: dict[Any, list[dict[str, Any]]] = {}
    for one in AuthorityQuestion.objects.filter(round__in=rounds).select_related("assignee", "answered_by").order_by("position"):
        body = {
            name: getattr(one, name) for name in ("position", "text", "category", "answer", "documents", "state", "answered_at", "version")
        }
        body |= {"assignee": _person(one.assignee), "answered_by": _person(one.answered_by)}
        questions.setdefault(one.round_id, []).append(body)
    names = (
        *("number", "state", "letter_on", "received_on", "due_on", "reference", "note", "file_name"),
        *("reply_on", "reply_receipt", "reply_reason", "version"),
    )
    found = [{name: getattr(one, name) for name in names} | {"questions": questions.get(one.pk, [])} for one in rounds]
    return {"filing_version": subject.version, "count": len(found), "rounds": found}


class Rounds(APIView):
    """Letters of the authority on one filing."""

    declaration = _SEES

    @extend_schema(operation_id="rounds_list", summary="List the rounds of questions of a filing", responses=_LIST)
    def get(self, request: Any, regime: str) -> Response:
        """Every letter with its questions and the reply."""
        return Response(rounds_json(subject_of(request.project, regime)))

    @extend_schema(
        operation_id="rounds_open",
        summary="Record a letter of the authority",
        request=inline_serializer(
            "RoundOpen",
            {
                "version": serializers.IntegerField(help_text="of the filing"),
                "letter_on": serializers.DateField(),
                "received_on": serializers.DateField(),
                "due_on": serializers.DateField(required=False),
                "reference": serializers.CharField(required=False),
                "note": serializers.CharField(required=False),
                "questions": serializers.ListField(child=serializers.CharField(), required=False),
                "block": serializers.CharField(required=False, help_text="the questions as one text, divided by their numbers"),
            },
        ),
        responses={201: _LIST},
    )
    def post(self, request: Any, regime: str) -> Response:
        """Takes the step *supplement requested*. 409 where no letter can come in."""
        body = body_of(request)
        questions = body.get("questions") or list(split_questions(text_of(body, "block")).questions)
        if not isinstance(questions, list) or any(not isinstance(one, str) for one in questions):
            raise Invalid(_("This is not a list of texts."), fields={"questions": [_("A list of texts is needed.")]})
        given: dict[str, Any] = {name: day_of(name, body.get(name)) for name in ("letter_on", "received_on", "due_on")}
        given |= {name: text_of(body, name) for name in ("reference", "note")}
        questions = [text_of({"questions": one}, "questions") for one in questions]
        actions.open_round(request.project, regime, version=version_of(body), by=request.actor, questions=questions, **given)
        return Response(rounds_json(subject_of(request.project, regime)), status=201)


class Question(APIView):
    """One question of a letter."""

    declaration = _SEES

    @extend_schema(
        operation_id="rounds_question",
        summary="Sort or answer a question of the authority",
        request=inline_serializer(
            "QuestionAct",
            {
                "act": serializers.ChoiceField(choices=["sort", "draft", "answer"]),
                "version": serializers.IntegerField(help_text="of the question"),
                "text": serializers.CharField(required=False),
                "category": serializers.ChoiceField(choices=Category.values, required=False),
                "assignee": serializers.IntegerField(required=False, allow_null=True),
                "answer": serializers.CharField(required=False),
                "documents": serializers.ListField(child=serializers.CharField(), required=False),
            },
        ),
        responses=_LIST,
    )
    def post(self, request: Any, regime: str, number: int, position: int) -> Response:
        """``sort``: text, reason, person (what is left out stays); ``draft`` or ``answer``: the answer and documents changed."""
        body = body_of(request)
        question = question_of(subject_of(request.project, regime), number, position)
        act, version = text_of(body, "act"), version_of(body)
        if act == "sort":
            assignee = question.assignee
            if "assignee" in body:
                assignee = _assignee(request.project, body["assignee"])
            actions.edit_question(
                question,
                text=text_of(body, "text") or question.text,
                category=text_of(body, "category") or question.category,
                assignee=assignee,
                version=version,
                by=request.actor,
            )
        elif act in ("draft", "answer"):
            documents = body.get("documents", question.documents)
            if not isinstance(documents, list) or any(not isinstance(one, str) for one in documents):
                raise Invalid(_("This is not a list of texts."), fields={"documents": [_("A list of texts is needed.")]})
            documents = [text_of({"documents": one}, "documents") for one in documents]
            said = text_of(body, "answer") if "answer" in body else question.answer
            actions.answer_question(question, answer=said, documents=documents, done=act == "answer", version=version, by=request.actor)
        else:
            raise Invalid(_("There is no such act."), fields={"act": [act]})
        return Response(rounds_json(subject_of(request.project, regime)))


def _assignee(project: Any, given: Any) -> User | None:
    if given is None:
        return None
    found = owners_for(project).filter(pk=given).first() if isinstance(given, int) and not isinstance(given, bool) else None
    if found is None:
        sentence = _("This person cannot see the project. Add the person there first.")
        raise Invalid(sentence, fields={"assignee": [sentence]})
    return found


class Reply(APIView):
    """The reply to a letter."""

    declaration = _SEES

    @extend_schema(
        operation_id="rounds_reply",
        summary="Send the reply to a letter, or close its round",
        request=inline_serializer(
            "RoundReply",
            {
                "act": serializers.ChoiceField(choices=["reply", "close"]),
                "version": serializers.IntegerField(help_text="of the round"),
                "filing_version": serializers.IntegerField(required=False, help_text="of the filing; for a reply"),
                "on": serializers.DateField(required=False),
                "receipt": serializers.CharField(required=False),
                "reason": serializers.CharField(required=False, help_text="why it goes out although questions are open"),
            },
        ),
        responses=_LIST,
    )
    def post(self, request: Any, regime: str, number: int) -> Response:
        """``reply`` takes the step *resubmitted*; ``close`` when the authority is content."""
        body = body_of(request)
        round_ = round_of(subject_of(request.project, regime), number)
        act = text_of(body, "act")
        if act == "reply":
            actions.send_reply(
                round_,
                on=day_of("on", body.get("on")),
                receipt=text_of(body, "receipt"),
                reason=text_of(body, "reason"),
                version=version_of(body),
                filing_version=version_of({"version": body.get("filing_version")}),
                by=request.actor,
            )
        elif act == "close":
            actions.close_round(round_, version=version_of(body), by=request.actor)
        else:
            raise Invalid(_("There is no such act."), fields={"act": [act]})
        return Response(rounds_json(subject_of(request.project, regime)))


_ROUNDS = "projects/<uuid:project_id>/filings/<str:regime>/rounds/"
urlpatterns: list[URLPattern] = [
    path(_ROUNDS, Rounds.as_view(), name="api_rounds"),
    path(f"{_ROUNDS}<int:number>/", Reply.as_view(), name="api_round"),
    path(f"{_ROUNDS}<int:number>/questions/<int:position>/", Question.as_view(), name="api_question"),
]
