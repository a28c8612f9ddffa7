"""Whether a number has to be shown in public, when to look again, and which checks count."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from compliance.clocks.fulfilling import holds_result
from compliance.filings.subjects import Subject, is_shared
from compliance.upkeep.models import DisplayCheck
from portal.catalogue import Catalogue
from portal.catalogue.parts import Filing as Entry

USUAL_MONTHS = 6  # usual practice where the content says nothing
# How the content says that nothing has to be shown. Anything else it says of a number is a duty.
_NO_DUTY = ("no display duty", "record the entry number")


def must_show(entry: Entry | None) -> bool:
    """Whether the law wants the number of the filing shown."""
    known = entry.identifier if entry is not None else None
    return known is not None and not known.display["en"].casefold().startswith(_NO_DUTY)


def duties(content: Catalogue) -> list[str]:
    """Filings whose number has to be shown."""
    return [entry.id for entry in content.filings.values() if must_show(entry)]


def months_between(subject: Subject) -> int:
    """How many months lie between two checks."""
    validity = subject.ruling.filing.validity
    return validity.recheck_months if validity is not None and validity.recheck_months else USUAL_MONTHS


def why_no_check(subject: Subject) -> str:
    """Why no check of the display can be recorded; empty when one can."""
    row = subject.row
    if is_shared(subject):
        return _("This filing belongs to the organisation and is decided once for all projects.")
    if not must_show(subject.ruling.filing):
        return _("The number of this filing has not to be shown.")
    if row is None or not row.number or not holds_result(row):
        return _("There is no number yet that could be shown.")
    return ""


def latest_checks() -> QuerySet[DisplayCheck]:
    """The last check of each place of each filing."""
    newer = DisplayCheck.objects.filter(filing_id=OuterRef("filing_id"), place=OuterRef("place"))
    later = newer.filter(checked_on__gt=OuterRef("checked_on")) | newer.filter(checked_on=OuterRef("checked_on"), id__gt=OuterRef("id"))
    return DisplayCheck.objects.exclude(Exists(later))


def is_late(check: DisplayCheck, today: dt.date) -> bool:
    """Whether somebody should have looked again."""
    return check.next_check_on < today
