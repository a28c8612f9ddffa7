"""Questions are sorted, given to people and answered."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from compliance.filings import rules
from compliance.filings.candidates import owners_for, whose
from compliance.rounds.actions.common import clean, hold_round, put_on_record, stale, write
from compliance.rounds.models import AuthorityQuestion, AuthorityRound
from compliance.rounds.rules import why_not_answer
from compliance.rounds.states import Category, QuestionState, RoundState
from portal.catalogue import catalogue
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.notices.actions import notify
from portal.tenants.models import User

YOURS_NOTICE = "compliance.question_yours"
MOST_DOCUMENTS, LONGEST_DOCUMENT = 30, 200


def _held(question: AuthorityQuestion, version: int) -> tuple[AuthorityQuestion, AuthorityRound]:
    """The question with its round locked. Raises Conflict when it moved, or when the reply is out."""
    round_ = hold_round(question.round)
    fresh = AuthorityQuestion.objects.select_related("assignee").get(pk=question.pk)
    fresh.round, fresh.filing = round_, round_.filing
    if round_.state != RoundState.OPEN:
        raise Conflict(_("The reply to this letter is out. What the authority has cannot be changed any more."), code="reply_out")
    if fresh.version != version:
        raise stale(fresh)
    return fresh, round_


@transaction.atomic
def edit_question(
    question: AuthorityQuestion, *, text: str, category: str, assignee: User | None, version: int, by: Actor
) -> AuthorityQuestion:
    """Correct the text, say why the authority asks, and who answers; a person newly in charge is told."""
    project = question.round.filing.project
    if refusal := rules.why_not_work(by, project):
        raise NotAllowed(refusal)
    held, round_ = _held(question, version)
    faults: dict[str, list[str]] = {}
    if category not in Category.values:
        faults["category"] = [_("Choose one of the list.")]
    if assignee is not None and assignee.pk != held.assignee_id and not owners_for(project).filter(pk=assignee.pk).exists():
        faults["assignee"] = [_("This person cannot see the project. Add the person there first.")]
    if faults:
        raise Invalid(_("The question was not saved."), fields=faults)
    said = clean(text, "text", needed=True)
    before = {"text": held.text, "category": held.category, "assignee": held.assignee_id}
    fresh = assignee is not None and assignee.pk != held.assignee_id
    after = {"text": said, "category": category, "assignee": assignee.pk if assignee else None}
    if after == before:
        return held
    write(held, version, text=said, category=category, assignee=assignee)
    name = assignee.name if assignee else "–"
    put_on_record(round_.filing, held, "sorted", by, round=round_.number, question=held.position, category=category, assignee=name)
    if fresh and assignee is not None and assignee.pk != by.user_id:
        entry = catalogue(round_.filing.catalogue_version).filings.get(round_.filing.regime)
        notify(
            {assignee.pk},
            YOURS_NOTICE,
            once_key=f"question-yours:{held.pk}:{held.version}",
            project_id=round_.filing.project_id,
            regime=round_.filing.regime,
            filing=dict(entry.name) if entry else {"zh": round_.filing.regime, "en": round_.filing.regime},
            project=whose(project),
            question=said[:200],
            number=held.position,
            by=by.user.name,
            due=round_.due_on.isoformat() if round_.due_on else "–",
        )
    return held


@transaction.atomic
def answer_question(
    question: AuthorityQuestion, *, answer: str, documents: Sequence[str] = (), done: bool, version: int, by: Actor
) -> AuthorityQuestion:
    """Keep an answer, and which documents were changed for it. ``done`` False: a draft; the question stays open."""
    if refusal := why_not_answer(by, question.round.filing.project, question):
        raise NotAllowed(refusal)
    held, round_ = _held(question, version)
    said = clean(answer, "answer", needed=done)
    names = list(dict.fromkeys(name.strip() for name in documents if name.strip()))
    if len(names) > MOST_DOCUMENTS or any(len(name) > LONGEST_DOCUMENT for name in names):
        sentence = _("At most {n} documents, each with at most {m} characters.").format(n=MOST_DOCUMENTS, m=LONGEST_DOCUMENT)
        raise Invalid(sentence, fields={"documents": [sentence]})
    state = QuestionState.ANSWERED if done else QuestionState.OPEN
    if (held.answer, held.documents, held.state) == (said, names, state):
        return held
    told = "answered" if done and held.state != state else "drafted"
    by_whom = {"answered_by": by.user, "answered_at": timezone.now()} if done else {"answered_by": None, "answered_at": None}
    write(held, version, answer=said, documents=names, state=state, **by_whom)
    put_on_record(round_.filing, held, told, by, round=round_.number, question=held.position, documents=names)
    return held
