"""Who may do what to a round; empty when nothing stands against it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from assessments.reviews import segregation
from compliance.filings import rules
from compliance.rounds.models import AuthorityQuestion
from portal.core.access import Actor
from portal.projects.models import Project


def why_not_answer(actor: Actor, project: Project | None, question: AuthorityQuestion) -> str:
    """Those who carry filings through answer every question, everybody else the ones that are theirs."""
    refusal = segregation.why_no_judge(actor, project)
    if not refusal and question.assignee_id != actor.user_id and not rules.may(actor, rules.WORK, project):
        refusal = _("This question is answered by the person it was given to, or by those who carry the filing through.")
    return refusal
