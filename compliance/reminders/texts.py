"""What reminders say. Texts of a message are kept in both languages, since its readers and their languages are not known yet."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from compliance.reminders.plans import BACKUP, INTERNAL, OFFICER, OWNER, PRACTICE, SPONSOR, STATUTORY
from portal.audit.sentences import bilingual

WHY = {
    OWNER: gettext_lazy("You carry it through."),
    BACKUP: gettext_lazy("You are told as deputy."),
    OFFICER: gettext_lazy("You are told as compliance officer."),
    SPONSOR: gettext_lazy("You are told as executive sponsor."),
}

BASIS = {
    STATUTORY: gettext_lazy("a limit set by law"),
    PRACTICE: gettext_lazy("usual practice"),
    INTERNAL: gettext_lazy("a date of the organisation"),
}


def left_text(days: int, late: bool, on_the_day: bool, hours: bool = False) -> str:
    """How much time there is, in the active language. ``days``: working days to the date, or since it; of limits in hours all days."""
    if hours and late:
        return _("The time is over")
    if hours and not on_the_day:
        return ngettext("{n} day left", "{n} days left", days).format(n=days)
    if late:
        return ngettext("{n} working day late", "{n} working days late", days).format(n=days)
    if on_the_day:
        return _("Due today")
    if days == 0:
        return _("Last working day before it is due")
    return ngettext("{n} working day left", "{n} working days left", days).format(n=days)


def left(days: int, *, late: bool, on_the_day: bool, hours: bool = False) -> dict[str, str]:
    """The same in both languages."""
    return bilingual(lazy(left_text, str)(days, late, on_the_day, hours))


def why(link: str) -> dict[str, str]:
    """Why somebody is told, in both languages."""
    return bilingual(WHY[link])


def basis(basis: str) -> dict[str, str]:
    """What a date rests on, in both languages."""
    return bilingual(BASIS[basis])


def params(*, filing: Any, project: Any, regime: str, due_on: dt.date, left: dict[str, str], basis: Any) -> dict[str, Any]:
    """What a message about one date is made from."""
    return {"filing": filing, "project": project, "regime": regime, "due": due_on.isoformat(), "left": left, "basis": basis}
