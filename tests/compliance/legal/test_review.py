"""What is due for legal review, why, and that a review settles it until the day it names or until a law comes into force."""

from __future__ import annotations

import datetime as dt
import io
from types import SimpleNamespace

import openpyxl
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from compliance.legal.actions import review_entry
from compliance.legal.due import lines, newest_reviews
from compliance.legal.models import LegalReview
from portal.catalogue import catalogue
from portal.core.errors import Invalid, NotAllowed
from portal.core.tenancy import tenant_context
from portal.tenants.clock import organisation_today
from portal.tenants.entry import acting_as

ENTRY = "us_co_admt_duties"  # has a note of the authors; counts from 1 January 2027


def reasons(on: dt.date) -> tuple[str, ...]:
    return next(line for line in lines(catalogue(), newest_reviews(), on) if line.entry.id == ENTRY).reasons


def test_reasons_and_what_settles_them(in_tenant: SimpleNamespace) -> None:
    content = catalogue()
    assert reasons(dt.date(2026, 8, 1)) == ("note",)
    assert reasons(dt.date(2026, 11, 24)) == ("note", "effect")
    assert reasons(dt.date(2028, 1, 1)) == ("note", "old")
    assert {line.entry.id for line in lines(content, {}, dt.date(2026, 11, 24))} == set(content.filings)
    low = next(line for line in lines(content, {}, dt.date(2026, 11, 24)) if line.entry.confidence == "M")
    assert "confidence" in low.reasons
    days = {"reviewed_on": dt.date(2026, 11, 24), "next_review_on": dt.date(2027, 11, 24)}
    row = LegalReview(entry=ENTRY, outcome="unchanged", note="read", catalogue_version=content.version, reviewed_by=in_tenant.carol, **days)
    row.save()
    assert reasons(dt.date(2026, 11, 25)) == ()
    assert reasons(dt.date(2027, 1, 2)) == ("effect",), "it came into force after the review"
    assert reasons(dt.date(2027, 11, 24)) == ("overdue",)
    with pytest.raises(DatabaseError), transaction.atomic():
        LegalReview.objects.filter(pk=row.pk).update(note="never said")


def test_bad_input_is_refused_and_rights_are_kept(world: SimpleNamespace) -> None:
    with acting_as(world.tenant, world.carol) as carol:
        day = organisation_today()
        with pytest.raises(Invalid) as refused:
            review_entry(ENTRY, outcome="fine", note=" ", next_review_on=day, by=carol, on=day + dt.timedelta(days=1))
        assert set(refused.value.detail["fields"]) == {"outcome", "note", "on", "next_review_on"}
    with acting_as(world.tenant, world.alice) as alice, pytest.raises(NotAllowed):
        review_entry(ENTRY, outcome="unchanged", note="x", next_review_on=None, by=alice)


def test_the_pages(world: SimpleNamespace, client: Client) -> None:
    client.force_login(world.adam)
    base = {"tenant_slug": world.tenant.slug}
    page = client.get(reverse("compliance:legal_review", kwargs=base))
    assert page.status_code == 200
    assert "the authors ask for a check" in page.content.decode()
    one = reverse("compliance:legal_entry", kwargs={**base, "entry": ENTRY})
    assert client.get(one).status_code == 200
    answer = client.post(one, {"outcome": "unchanged", "note": "", "next_review_on": "2031-01-01"})
    assert answer.status_code == 422
    with tenant_context(world.tenant.pk):
        day = organisation_today() + dt.timedelta(days=300)
    given = {"outcome": "unchanged", "note": "Read at the official journal.", "next_review_on": day.isoformat()}
    assert client.post(one, given).status_code in (302, 303)
    assert "Read at the official journal." in client.get(one).content.decode()
    book = client.get(reverse("compliance:legal_export", kwargs=base) + "?show=all")
    rows = list(openpyxl.load_workbook(io.BytesIO(book.content)).active.iter_rows(values_only=True))
    assert len(rows) == len(catalogue().filings) + 1
    assert any("Read at the official journal." in [str(cell) for cell in row] for row in rows)
    client.force_login(world.bob)
    assert client.get(reverse("compliance:legal_review", kwargs=base)).status_code == 403
