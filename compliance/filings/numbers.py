"""Numbers of filings as people write them: the same number in full-width signs, with other hyphens or blanks is the same number."""

from __future__ import annotations

import re
import unicodedata

from django.db.models import CharField, Func

_DASHES = "‐‑‒–—―−"
_BLANK = re.compile("[\\s\u200b-\u200d\u2060\ufeff]+")


def tidy_number(number: str) -> str:
    """A number in its plain form (NFKC), hyphens as "-", without blanks and hidden signs; letters as they are."""
    plain = unicodedata.normalize("NFKC", number)
    return _BLANK.sub("", plain.translate({ord(dash): "-" for dash in _DASHES}))


def number_forms(number: str) -> tuple[str, ...]:
    """The number as typed, tidied, and with the brackets that Chinese authorities write, for comparison with a pattern."""
    tidy = tidy_number(number)
    return tuple(dict.fromkeys((number, tidy, tidy.replace("(", "（").replace(")", "）"))))


class NumberKey(Func):
    """:func:`tidy_number` in small letters, in SQL: what makes two numbers the same number."""

    template = (
        f"lower(regexp_replace(translate(normalize(%(expressions)s, NFKC), '{_DASHES}', '{'-' * len(_DASHES)}'), "
        "'[[:space:]\u200b-\u200d\u2060\ufeff]+', '', 'g'))"
    )
    output_field = CharField()
