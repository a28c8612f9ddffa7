"""Messages: once each, in the reader's words, by mail as the reader wants it, and nobody else's business."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.tenancy import tenant_context
from portal.notices import actions, kinds, mailing, queries
from portal.notices.models import Notice, NoticePreference
from portal.tenants.models import Membership, Tenant
from tests.portal.browsers import queries_of


@pytest.fixture(autouse=True)
def test_kinds(monkeypatch):
    monkeypatch.setattr(kinds, "_kinds", {})
    kinds.declare("test.waiting", _("answered {count} facts of the organisation"), "{gate}: {project}", label=_("Message"))
    kinds.declare("test.other", "Other {x}", url=lambda notice, slug: f"/t/{slug}/from-kind/{notice.params['x']}/")


def url(name, **kwargs):
    return reverse(f"portal:{name}", kwargs={"tenant_slug": "xinghe", **kwargs})


def tell(world, *users, key="k", kind="test.other", **params):
    with tenant_context(world.tenant.pk):
        return actions.notify(users, kind, once_key=key, **({"x": 1} | params))


def send(world):
    mail.outbox.clear()
    return mailing.send_waiting_of(world.tenant)


def test_each_person_is_told_once(world):
    assert tell(world, world.alice, world.bob.pk, world.alice) == 2
    assert tell(world, world.alice, world.sam) == 1
    with tenant_context(world.tenant.pk):
        assert set(Notice.objects.values_list("user__name", flat=True)) == {"Alice", "Bob", "Sam"}


def test_an_undeclared_kind_is_a_fault(world):
    with pytest.raises(KeyError, match="no.such"):
        tell(world, world.alice, kind="no.such")


def test_the_text_is_made_in_the_readers_language(world, client):
    tell(world, world.alice, kind="test.waiting", count=3, gate="G2", project={"zh": "客服", "en": "Service"})
    client.force_login(world.alice)
    page = client.get(url("notices")).content.decode()
    assert "G2: Service" in page
    type(world.alice).objects.filter(pk=world.alice.pk).update(language="zh-hans")
    assert "G2: 客服" in client.get(url("notices")).content.decode()


def test_inbox_shows_unread_first_and_marks(world, client):
    for n in range(3):
        tell(world, world.alice, key=f"k{n}", x=n)
    client.force_login(world.alice)
    page = client.get(url("notices")).content.decode()
    assert page.index("Other 2") < page.index("Other 0")
    with tenant_context(world.tenant.pk):
        first = Notice.objects.get(once_key="k0")
    opened = client.get(url("notice", notice_id=first.pk))
    assert opened["Location"] == "/t/xinghe/from-kind/0/"
    assert "Other 0" not in client.get(url("notices")).content.decode()
    assert "Other 0" in client.get(url("notices"), {"show": "read"}).content.decode()
    client.post(url("notice_mark", notice_id=first.pk), {"as": "unread"})
    assert "Other 0" in client.get(url("notices")).content.decode()
    assert client.post(url("notices_mark_all")).status_code == 303
    assert "No unread messages" in client.get(url("notices")).content.decode()


def test_a_message_leads_only_to_this_site(world, client):
    with tenant_context(world.tenant.pk):
        actions.notify([world.alice], "test.other", once_key="evil", url="https://evil.example/", x=1)
        found = Notice.objects.get()
    client.force_login(world.alice)
    assert client.get(url("notice", notice_id=found.pk))["Location"] == url("notices")


def test_messages_of_others_are_not_there(world, client):
    tell(world, world.alice)
    with tenant_context(world.tenant.pk):
        found = Notice.objects.get()
    client.force_login(world.bob)
    assert client.get(url("notice", notice_id=found.pk)).status_code == 404
    client.post(url("notice_mark", notice_id=found.pk))
    client.post(url("notices_mark_all"))
    client.force_login(world.mallory)
    assert client.get(url("notice", notice_id=found.pk)).status_code == 404
    assert client.get(f"/t/rivale/notices/{found.pk}/").status_code == 404
    with tenant_context(world.tenant.pk):
        assert Notice.objects.get().read_at is None


def test_the_bell_counts_what_is_unread(world, client):
    tell(world, world.alice)
    tell(world, world.alice, key="other")
    client.force_login(world.alice)
    part = client.get(url("nav_counts")).content.decode()
    assert 'id="nav-count-notices" hx-swap-oob="true">2<' in part
    client.post(url("notices_mark_all"))
    assert 'id="nav-count-notices" hx-swap-oob="true"><' in client.get(url("nav_counts")).content.decode()


def test_the_inbox_costs_the_same_for_one_and_for_three(world, client):
    client.force_login(world.alice)
    tell(world, world.alice)
    client.get(url("notices"))
    counts = [len(queries_of(lambda: client.get(url("notices"))))]
    for n in range(3):
        tell(world, world.alice, key=f"k{n}")
    counts.append(len(queries_of(lambda: client.get(url("notices")))))
    # user, entry, messages, unread ones
    assert counts == [4, 4]


def test_a_mail_for_one_message_in_the_readers_language_and_once(world):
    world.alice.language = "zh-hans"
    world.alice.save()
    tell(world, world.alice, kind="test.waiting", count=3, gate="G2", project={"zh": "客服", "en": "Service"})
    assert send(world) == 1
    letter = mail.outbox[0]
    assert (letter.to, letter.subject) == (["alice@tenfold.example"], "填写了 3 项单位事实 · 星河零售集团")
    assert "G2: 客服" in letter.body
    assert "在十问中打开" in letter.body
    assert url("notices") in letter.body
    assert letter.extra_headers["Message-ID"].startswith("<")
    assert send(world) == 0


def test_many_messages_make_one_digest(world):
    for n in range(4):
        tell(world, world.alice, key=f"k{n}", x=n)
    tell(world, world.bob, key="k0")
    assert send(world) == 2
    digest = next(letter for letter in mail.outbox if letter.to == ["alice@tenfold.example"])
    assert digest.subject == "4 messages in Tenfold · Xinghe Retail Group"
    assert all(f"Other {n}" in digest.body for n in range(4))
    assert send(world) == 0


def test_who_wants_no_mail_gets_none(world, client):
    client.force_login(world.alice)
    tell(world, world.alice, key="before")
    data = {"name": "Alice", "language": "en", "theme": "auto", "time_zone": "", "mails": "1", "kinds": ["test.waiting"]}
    assert client.post(url("preferences"), data).status_code == 303
    tell(world, world.alice, key="after")
    tell(world, world.alice, key="wanted", kind="test.waiting", count=1)
    assert send(world) == 1
    assert "answered 1 facts" in mail.outbox[0].subject
    with tenant_context(world.tenant.pk):
        assert Notice.objects.count() == 3
        assert NoticePreference.objects.get(kind="test.other").email is False
    with tenant_context(world.other.pk):
        assert not NoticePreference.objects.exists()


@pytest.mark.parametrize("why", ["read", "left", "closed", "old"])
def test_no_mail_for_what_nobody_needs_any_more(world, why):
    tell(world, world.alice)
    with tenant_context(world.tenant.pk):
        if why == "read":
            actions.mark_all_read(world.alice.pk)
        elif why == "left":
            Membership.objects.filter(user=world.alice).update(active=False)
        elif why == "closed":
            type(world.alice).objects.filter(pk=world.alice.pk).update(is_active=False)
        else:
            Notice.objects.update(created_at=timezone.now() - timedelta(days=4))
    assert send(world) == 0
    assert mail.outbox == []


def test_a_mail_server_that_is_away_loses_nothing(world, monkeypatch):
    tell(world, world.alice)

    def away(self):
        raise SMTPServerDisconnected("gone")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", away)
        assert send(world) == 0
    assert send(world) == 1


def test_an_address_that_takes_no_mail_is_not_tried_for_ever(world, monkeypatch):
    tell(world, world.alice)

    def refuse(self):
        raise SMTPRecipientsRefused({"alice@tenfold.example": (550, b"no such user")})

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
        send(world)
    assert send(world) == 0
    with tenant_context(world.tenant.pk):
        assert queries.notices_of(world.alice.pk).filter(read_at=None).count() == 1


def test_an_address_that_takes_no_mail_just_now_is_tried_again(world, monkeypatch):
    tell(world, world.alice)

    def later(self):
        raise SMTPRecipientsRefused({"alice@tenfold.example": (451, b"greylisted, try again later")})

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", later)
        assert send(world) == 0
    assert send(world) == 1


def test_choosing_mails_costs_the_same_for_any_number_of_kinds(world):
    for n in range(20):
        kinds.declare(f"test.kind{n}", "Kind")
    with tenant_context(world.tenant.pk):
        for chosen in (["test.kind3"], ["test.kind4", "test.other"]):
            with CaptureQueriesContext(connection) as found:
                actions.choose_mails(world.alice.pk, chosen)
            assert len([query for query in found if "SAVEPOINT" not in query["sql"]]) == 2
            wanted = NoticePreference.objects.filter(user=world.alice, email=True).values_list("kind", flat=True)
            assert sorted(wanted) == chosen
        assert NoticePreference.objects.filter(user=world.alice).count() == len(kinds.known())


def test_the_task_finds_all_organisations_and_skips_suspended_ones(live_db):
    from tests.factories import cast

    world = cast.build_world()
    tell(world, world.alice)
    with tenant_context(world.other.pk):
        actions.notify([world.mallory], "test.other", once_key="k", x=1)
    Tenant.objects.filter(pk=world.other.pk).update(status="suspended")
    mail.outbox.clear()
    assert mailing.send_waiting() == 1
    assert [letter.to for letter in mail.outbox] == [["alice@tenfold.example"]]


def test_two_senders_at_once_send_each_message_once(live_db):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    from tests.factories import cast

    world = cast.build_world()
    people = [world.alice, world.bob, world.carol, world.dave, world.erin]
    tell(world, *people)
    mail.outbox.clear()

    def work(_n):
        try:
            return mailing.send_waiting_of(world.tenant)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        sent = sum(pool.map(work, range(4)))
    assert sent == 5
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(user.email for user in people)


def test_json(world, client):
    tell(world, world.alice, x=7)
    client.force_login(world.alice)
    body = client.get(url("api_notices")).json()
    assert [(row["subject"], row["read_at"]) for row in body["results"]] == [("Other 7", None)]
    read = url("api_notice_read", notice_id=body["results"][0]["id"])
    other = type(client)(enforce_csrf_checks=True)
    other.force_login(world.alice)
    assert other.post(read).status_code == 403
    assert client.post(read).status_code == 204
    assert client.get(url("api_notices")).json()["results"] == []
    client.force_login(world.bob)
    assert client.post(read).status_code == 404
    stranger = type(client)()
    assert stranger.get(url("api_notices")).status_code == 401
