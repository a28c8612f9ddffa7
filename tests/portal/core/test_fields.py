"""Fields that every slice shares."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.utils import translation

from portal.core.fields import DayField


class _Form(forms.Form):
    day = DayField(required=False)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_day_is_written_as_browsers_read_it(language: str) -> None:
    """Chinese writes days with slashes; an input of type date would show such a day as empty."""
    with translation.override(language):
        assert 'value="2026-11-24"' in str(_Form(initial={"day": date(2026, 11, 24)})["day"])
        again = _Form({"day": "2026-11-24"})
        assert again.is_valid()
        assert again.cleaned_data["day"] == date(2026, 11, 24)
        assert 'value="2026-11-24"' in str(again["day"])


@pytest.mark.parametrize(
    ("day", "taken"), [("1990-01-01", True), ("2100-12-31", True), ("1989-12-31", False), ("0226-11-23", False), ("9999-12-31", False)]
)
def test_days_far_away_are_refused_with_what_is_taken(day: str, taken: bool) -> None:
    form = _Form({"day": day})
    assert form.is_valid() is taken
    with translation.override("en"):
        assert taken or form.errors["day"] == ["Choose a day from 1990-01-01 to 2100-12-31."]


def test_another_way_of_writing_is_refused() -> None:
    assert "day" in _Form({"day": "24/11/2026"}).errors
