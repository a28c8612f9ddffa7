"""The daily mail: once a day, on working days in the morning, in the reader's language; the preferences page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from compliance.reminders.digest import send_digests_in
from compliance.reminders.models import DigestSent, ReminderPreference
from portal.core.tenancy import tenant_context
from portal.notices.models import NoticePreference
from portal.tenants.models import Membership, User
from tests.compliance.reminders.conftest import MONDAY, at, clock
from tests.factories.threads import at_once

DAY = dt.timedelta(days=1)


def choose(world, user, mode="digest"):
    with tenant_context(world.tenant.pk):
        ReminderPreference.objects.create(user=user, mode=mode)


def send(world, day=MONDAY, hour=9):
    mail.outbox.clear()
    with at(day, hour):
        send_digests_in(world.tenant.pk)
    return list(mail.outbox)


def test_it_says_what_is_late_due_and_to_decide_once_a_day(dated):
    choose(dated, dated.bob)
    with tenant_context(dated.tenant.pk):
        clock(dated, MONDAY - 4 * DAY, key="late")
        clock(dated, MONDAY + 20 * DAY, key="far")
    assert send(dated, hour=7) == []  # before the morning
    [letter] = send(dated)
    assert letter.to == ["bob@tenfold.example"]
    assert letter.subject == "Filings today: 1 late, 1 due this week"
    for text in ("Late", "2 working days late", "Due this week", "Due today", "set by law"):
        assert text in letter.body
    assert send(dated) == send(dated, hour=15) == []
    assert send(dated, MONDAY + 5 * DAY) == []  # Saturday
    assert len(send(dated, MONDAY + DAY)) == 1


def test_it_is_in_the_readers_language(dated):
    User.objects.filter(pk=dated.bob.pk).update(language="zh-hans")
    choose(dated, dated.bob)
    [letter] = send(dated)
    assert letter.subject == "今日备案提醒：本周到期 1 项"
    assert "今天到期" in letter.body
    assert "今天到期" in letter.alternatives[0][0]


def test_in_the_portal_only_leaves_the_limits_set_by_law(dated, change):
    choose(dated, dated.bob, "portal")
    assert len(send(dated)) == 1
    change(basis="internal")
    assert send(dated, MONDAY + DAY) == []
    with tenant_context(dated.tenant.pk):
        assert DigestSent.objects.filter(entries=0).count() == 1  # the day is done


def test_nobody_who_left_gets_one_and_nobody_sees_what_others_carry(dated):
    choose(dated, dated.bob)
    choose(dated, dated.alice)  # owns the project, but was told of nothing
    with tenant_context(dated.tenant.pk):
        Membership.objects.filter(user=dated.bob).update(active=False)
    assert send(dated) == []


def test_who_was_told_as_deputy_finds_it_there(dated):
    choose(dated, dated.sam)
    dated.run(MONDAY + DAY)
    [letter] = send(dated, MONDAY + DAY, 10)
    assert letter.to == ["sam@tenfold.example"]


def test_two_workers_send_one_mail(dated_live):
    choose(dated_live, dated_live.bob)
    mail.outbox.clear()
    with at(MONDAY):
        assert sorted(at_once(*[lambda: send_digests_in(dated_live.tenant.pk)] * 2)) == [0, 1]
    assert len(mail.outbox) == 1


def test_a_mail_that_was_not_taken_is_sent_by_the_next_run(dated, monkeypatch):
    choose(dated, dated.bob)
    with monkeypatch.context() as patch:
        patch.setattr("compliance.reminders.digest.deliver", lambda letter: False)
        send(dated)
    assert len(send(dated, hour=10)) == 1


@pytest.fixture
def page(dated):
    client = Client()
    client.force_login(dated.bob, backend=settings.AUTHENTICATION_BACKENDS[1])
    return client


def test_the_preferences_show_what_is_locked_and_why(dated, page):
    url = f"/t/{dated.tenant.slug}/preferences/"
    text = page.get(url).content.decode()
    assert "Reminders of limits set by law" in text
    assert "cannot be switched off" in text
    assert "Reminders of other dates" not in text  # chosen by how, not by a box
    sent = {"name": "Bob", "language": "en", "time_zone": "Asia/Shanghai", "theme": "auto", "mails": "1"}
    assert page.post(url, {**sent, "reminder-mode": "digest"}).status_code == 303
    with tenant_context(dated.tenant.pk):
        assert ReminderPreference.objects.get(user=dated.bob).mode == "digest"
        assert not NoticePreference.objects.filter(user=dated.bob, kind__startswith="compliance.reminder").exists()
    assert page.post(url, {**sent, "reminder-mode": "never"}).status_code == 422
    assert page.post(url, sent).status_code == 303  # an older page leaves the choice alone
    with tenant_context(dated.tenant.pk):
        assert ReminderPreference.objects.get(user=dated.bob).mode == "digest"
    dated.run(MONDAY)
    assert [notice.email_wanted for notice in dated.notices(dated.bob)] == [False]
