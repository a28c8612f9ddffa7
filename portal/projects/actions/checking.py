"""What the acts on a project accept: every fault is collected per field, so that a form can show all of them at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from portal.core.errors import Invalid
from portal.core.fields import OUT_OF_RANGE
from portal.core.text import normalised
from portal.core.years import YEARS
from portal.tenants.models import Membership, User

CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,23}$")
CURRENCY = re.compile(r"^[A-Z]{3}$")
MONEY_FIELDS = ("budget", "spent", "compliance_budget")
DATE_FIELDS = ("started_on", "target_launch", "launched_on", "review_due")
TEXT_LIMITS = {"name_zh": 160, "name_en": 160, "unit": 120, "scenario": 40, "purpose": 4000}
MAX_TAGS = 12
MAX_TAG = 40
MAX_MONEY = Decimal("99999999999999.99")


class Faults:
    """Collects sentences per field and raises them together as :class:`Invalid`."""

    def __init__(self) -> None:
        self.fields: dict[str, list[str]] = {}

    def add(self, field: str, sentence: str) -> None:
        """One more fault of a field."""
        self.fields.setdefault(field, []).append(sentence)

    def raise_if_any(self, message: str) -> None:
        """Refuse when there is a fault."""
        if self.fields:
            raise Invalid(message, fields=self.fields)


def checked_text(name: str, value: str | None, faults: Faults) -> str:
    """A text without blanks around it, not longer than its column."""
    text = (value or "").strip()
    if len(text) > TEXT_LIMITS[name]:
        faults.add(name, _("At most %(limit)d characters; these are %(length)d.") % {"limit": TEXT_LIMITS[name], "length": len(text)})
    return text


def checked_code(value: str, faults: Faults) -> str:
    """A code of letters, digits and a few signs, in capitals."""
    code = value.strip().upper()
    if not CODE.match(code):
        faults.add("code", _("Use up to 24 letters, digits, hyphens, dots or slashes, starting with a letter or digit."))
    return code


def checked_money(name: str, value: Any, faults: Faults) -> Decimal | None:
    """An amount of at least zero with two decimals, or nothing."""
    if value is None or value == "":
        return None
    try:
        amount = Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        faults.add(name, _("This is not an amount of money."))
        return None
    if not amount.is_finite() or amount < 0 or amount > MAX_MONEY:
        faults.add(name, _("An amount of money is zero or more."))
        return None
    return amount


def checked_currency(value: str, faults: Faults) -> str:
    """Three capitals as in ISO 4217."""
    currency = value.strip().upper()
    if not CURRENCY.match(currency):
        faults.add("currency", _("Write the currency with three letters, such as CNY or EUR."))
    return currency


def checked_date(name: str, value: Any, faults: Faults) -> date | None:
    """A date of a year that a project can have, or nothing."""
    if value is None:
        return None
    if isinstance(value, date):
        if value.year not in YEARS:
            faults.add(name, str(OUT_OF_RANGE))
        return value
    faults.add(name, _("This is not a date."))
    return None


def clean_tags(values: Iterable[str], faults: Faults) -> list[str]:
    """Tags in the order given, without blanks around them and without repetition (capitals do not count)."""
    found: dict[str, str] = {}
    for value in values:
        tag = " ".join(str(value).split())
        if tag:
            found.setdefault(normalised(tag), tag)
    tags = list(found.values())
    if len(tags) > MAX_TAGS:
        faults.add("tags", _("At most %(limit)d tags.") % {"limit": MAX_TAGS})
    if any(len(tag) > MAX_TAG for tag in tags):
        faults.add("tags", _("A tag has at most %(limit)d characters.") % {"limit": MAX_TAG})
    return tags


def why_not_hand_over(owner: User, by: User) -> str:
    """Why this person cannot name another owner, "" when he or she can.

    S3 bars the owner from approving; whoever could hand the project away, approve it and take it back would be barred from nothing.
    """
    if by.person_id == owner.person_id:
        return _("You own this project. Somebody else who may change it, such as the PMO, names another owner (rule S3).")
    return ""


def check_people(people: Mapping[str, User | None], faults: Faults) -> None:
    """Everybody named must be an active member of the organisation."""
    wanted = {user.pk for user in people.values() if user is not None}
    known = set(Membership.objects.filter(user_id__in=wanted, active=True).values_list("user_id", flat=True))
    for name, user in people.items():
        if user is not None and user.pk not in known:
            faults.add(name, _("This person is not an active member of the organisation."))
