"""Remarks on items. People named in them, by the picker or by ``@`` and their address, are told."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.checklists import rules
from assessments.checklists.actions.answers import invalid, refuse_unless
from assessments.checklists.models import Answer, Comment
from assessments.checklists.people import members_who_see
from assessments.checklists.telling import MENTIONED, tell
from assessments.checklists.values.reading import read_text
from portal.audit.actions import record_act
from portal.core.access import Actor
from portal.core.errors import Conflict

LONGEST = 4000
MOST_MENTIONS = 20
_ADDRESS = re.compile(r"(?<![\w.])@([\w.+-]+@[\w-]+(?:\.[\w-]+)+)")


def add_comment(answer: Answer, *, body: str, by: Actor, mentioned: Collection[int] = ()) -> Comment:
    """Add a remark and tell the people named in it.

    ``mentioned`` are accounts chosen with the picker; addresses after ``@`` in the text count as well. Raises Invalid for an empty
    or overlong text and for people who cannot see the project, so that nobody believes they were told.
    """
    refuse_unless(rules.why_not_comment(by, answer.project))
    try:
        text = read_text(body, LONGEST)
    except ValueError as error:
        raise invalid({"body": str(error)}) from None
    if not text:
        raise invalid({"body": _("Write what you want to say.")})
    people = _people(answer, text, mentioned)
    comment = Comment.objects.create(
        answer=answer, author=by.user, body=text, mentions=[{"id": pk, "name": name} for pk, name in people.items()]
    )
    Answer.objects.filter(pk=answer.pk).update(comment_count=F("comment_count") + 1)
    record_act("assessments.item.commented", answer, item=answer.item_key, text=text[:200])
    tell(
        [pk for pk in people if pk != by.user_id],
        MENTIONED,
        once_key=f"mention:{comment.pk}",
        project=answer.project,
        answer=answer,
        anchor="#comments",
        item=answer.item_key,
        by=by.user.name,
        text=text[:300],
    )
    return comment


def _people(answer: Answer, text: str, mentioned: Collection[int]) -> dict[int, str]:
    addresses = {found.lower().rstrip(".") for found in _ADDRESS.findall(text)}
    if not addresses and not mentioned:
        return {}
    if len(addresses) + len(mentioned) > MOST_MENTIONS:
        raise invalid({"body": _("At most {most} people can be named at once.").format(most=MOST_MENTIONS)})
    seeing = members_who_see(answer.project)
    by_address = {row.user.email.lower(): row.user for row in seeing.filter(user__email__in=addresses)} if addresses else {}
    strangers = addresses - set(by_address)
    if strangers:
        raise invalid({"body": _("No member who sees this project has the address {address}.").format(address=sorted(strangers)[0])})
    found = {user.pk: user.name for user in by_address.values()}
    if mentioned:
        chosen = {row.user_id: row.user.name for row in seeing.filter(user_id__in=mentioned)}
        if set(mentioned) - set(chosen):
            raise invalid({"body": _("One of the people you chose cannot see this project.")})
        found |= chosen
    return found


def remove_comment(comment: Comment, *, by: Actor) -> None:
    """Take back the own remark; the row stays in the record, its text is no longer shown."""
    refuse_unless(rules.why_not_remove_comment(by, comment))
    if not Comment.objects.filter(pk=comment.pk, removed_at=None).update(removed_at=timezone.now()):
        raise Conflict(_("This comment has been removed already."), code="comment_removed")
    Answer.objects.filter(pk=comment.answer_id, comment_count__gt=0).update(comment_count=F("comment_count") - 1)
    record_act("assessments.item.comment_removed", comment.answer, item=comment.answer.item_key)
