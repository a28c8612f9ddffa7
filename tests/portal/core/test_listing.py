"""Cursors that are none, and addresses that no browser makes: refused with a sentence, never a fault of ours."""

from __future__ import annotations

import base64
import json

import pytest
from django.urls import reverse

from portal.core.errors import Invalid
from portal.core.listing import Order, cursor_of, keyset_page
from portal.tenants.models import Tenant


def cursor(value, key):
    return base64.urlsafe_b64encode(json.dumps([value, key]).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "damaged",
    [
        "x",
        "%",
        cursor("a\x00b", 1),
        cursor("\ud800", 1),
        cursor("a", float("inf")),
        cursor("a", [1]),
        cursor("a", None),
        base64.urlsafe_b64encode(b"[" * 3000).decode(),
    ],
)
def test_a_damaged_cursor_is_refused(world, damaged):
    with pytest.raises(Invalid) as refusal:
        keyset_page(Tenant.objects.values("slug", "id"), Order("slug", "id"), size=5, after=damaged)
    assert refusal.value.code == "bad_cursor"


def test_a_cursor_of_any_name_works(world):
    Tenant.objects.filter(pk=world.tenant.pk).update(name_zh="甲 – “乙”\u3000（丙）🙂")
    order = Order("name_zh", "id")
    rows = Tenant.objects.values("name_zh", "id")
    first = keyset_page(rows, order, size=1)
    second = keyset_page(rows, order, size=1, after=first.next)
    assert {row["id"] for row in (*first.rows, *second.rows)} == {world.tenant.pk, world.other.pk}
    assert cursor_of(second.rows[0], order)


@pytest.mark.parametrize("address", ["/t/xinghe/notices/?q=a%00b", "/t/xinghe/notices/%00/"])
def test_an_address_with_nul_is_answered_with_400(world, client, address):
    client.force_login(world.alice)
    assert client.get(address).status_code == 400


def test_the_platform_search_takes_no_nul(world, client):
    type(world.alice).objects.filter(pk=world.alice.pk).update(is_staff=True)
    client.force_login(world.alice)
    assert client.get(reverse("platform:organisations"), {"q": "xing\x00"}).status_code == 400
