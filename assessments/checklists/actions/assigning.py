"""Handing items, or a whole dimension, to one person with a date."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.checklists import rules
from assessments.checklists.actions.answers import invalid, item_of, refuse_unless
from assessments.checklists.models import Answer
from assessments.checklists.people import members_who_answer
from assessments.checklists.telling import tell
from portal.audit.actions import record_act
from portal.core.access import Actor
from portal.projects.models import Project
from portal.tenants.clock import organisation_today
from portal.tenants.models import User


def assign_items(project: Project, keys: Collection[str], *, assignee: User | None, due_on: date | None, by: Actor) -> list[Answer]:
    """Give the items to ``assignee`` (None: to nobody) until ``due_on``; returns those that changed.

    Raises Invalid for a person who could not answer in this project, for a date that is past and for items there are none of.
    """
    refuse_unless(rules.why_not_assign(by, project))
    faults: dict[str, str] = {}
    if assignee is not None and not members_who_answer(project).filter(user_id=assignee.pk).exists():
        faults["assignee"] = _("This person has no role in the project that answers items. Give the role first.")
    if due_on is not None and due_on < organisation_today():
        faults["due_on"] = _("The date must not lie in the past.")
    answers = list(
        Answer.objects.filter(project=project, item_key__in=keys).select_related("assessment", "project", "assignee").order_by("position")
    )
    if not answers:
        faults["items"] = _("Choose at least one item.")
    if assignee is not None:
        for answer in answers:
            if _sponsor_only(assignee, project, answer):
                faults["assignee"] = _("The executive sponsor answers only {items}.").format(
                    items=", ".join(rules.items_of_role(rules.catalogue_of(answer), rules.SPONSOR))
                )
                break
    if faults:
        raise invalid(faults)
    # Without a date the planned day of the item's gate stays.
    changed = [
        answer for answer in answers if (answer.assignee_id, answer.due_on) != (assignee.pk if assignee else None, due_on or answer.due_on)
    ]
    changes = {"assignee": assignee, "updated_at": timezone.now(), **({"due_on": due_on} if due_on else {})}
    Answer.objects.filter(pk__in=[answer.pk for answer in changed]).update(**changes)
    for answer in changed:
        former = answer.assignee.name if answer.assignee else ""
        if assignee is not None:
            record_act("assessments.item.assigned", answer, item=answer.item_key, name=assignee.name, due=due_on or answer.due_on)
        else:
            record_act("assessments.item.unassigned", answer, item=answer.item_key, name=former)
        answer.assignee, answer.due_on = assignee, due_on or answer.due_on
    if assignee is not None and changed and assignee.pk != by.user_id:
        tell(
            [assignee.pk],
            "assessments.item_assigned",
            once_key=f"assigned:{changed[0].pk}:{timezone.now():%Y%m%d%H%M%S%f}",
            project=project,
            answer=changed[0],
            items=[answer.item_key for answer in changed],
            by=by.user.name,
            due=min((answer.due_on.isoformat() for answer in changed if answer.due_on), default=""),
        )
    return changed


def _sponsor_only(user: User, project: Project, answer: Answer) -> bool:
    """Whether the person is nothing but the sponsor here, and the item names another role."""
    if item_of(answer).answered_by == rules.SPONSOR or project.sponsor_id != user.pk:
        return False
    return not project.members.filter(user=user).exclude(role_key__in=[rules.SPONSOR, rules.PMO, rules.AUDITOR]).exists()
