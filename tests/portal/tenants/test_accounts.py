"""Signing in and out, passwords, addresses, sessions, language: through the pages people use."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from allauth.core.internal import ratelimit
from allauth.usersessions.models import UserSession
from django.core import mail
from django.urls import reverse

from portal.tenants.branding import brand_key
from tests.factories.cast import PASSWORD
from tests.portal.browsers import ChineseClient, EnglishClient

pytestmark = pytest.mark.usefixtures("own_cache")
LOGIN = reverse("account_login")
NEW = "quite another phrase"


def sign_in(client, email, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": email, "password": password, **more})


def link_in(letter):
    return re.search(r"https?://[^/\s]+(/accounts/\S+)", letter.body)[1]


def test_a_stranger_gets_the_sign_in_page(world, client):
    page = client.get("/")
    assert page.status_code == 200
    assert "Sign in" in page.content.decode()
    assert client.get("/t/xinghe/").status_code == 302
    assert client.get("/t/no-such/").status_code == 302


def test_sign_in_by_address_and_password_and_out_again(world, client):
    answer = sign_in(client, "Alice@tenfold.example")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/")["Location"] == "/t/xinghe/"
    client.post(reverse("account_logout"))
    assert client.get("/t/xinghe/notices/").status_code == 302


@pytest.mark.parametrize(
    ("wanted", "location"), [("/t/xinghe/notices/", "/t/xinghe/notices/"), ("https://evil.example/", "/"), ("//evil.example", "/")]
)
def test_next_stays_on_this_site(world, client, wanted, location):
    assert sign_in(client, "alice@tenfold.example", next=wanted)["Location"] == location


def test_wrong_and_unknown_get_the_same_answer(world, client):
    wrong = sign_in(client, "alice@tenfold.example", "wrong password")
    unknown = sign_in(client, "nobody@tenfold.example", "wrong password")
    assert wrong.status_code == unknown.status_code == 200

    def words(page):
        return re.findall(r'<div class="form-faults.*?</div>', page.content.decode(), re.S)

    assert words(wrong)
    assert words(wrong) == words(unknown)


def test_failed_sign_ins_are_limited_with_a_page(world, client, monkeypatch):
    # All within one moment, however slow the machine is.
    monkeypatch.setattr(ratelimit, "time", SimpleNamespace(time=lambda: 1.8e9, monotonic=time.monotonic, sleep=time.sleep))
    answers = [sign_in(client, "alice@tenfold.example", "wrong password") for _ in range(8)]
    last = answers[-1]
    assert last.status_code == 429 or "Too many" in last.content.decode()
    other = EnglishClient()
    for _ in range(40):
        answer = sign_in(other, "someone@else.example", "wrong password")
    assert answer.status_code == 429
    assert "Too many requests in a short time" in answer.content.decode()


def test_a_closed_account_does_not_get_in(world, client):
    type(world.alice).objects.filter(pk=world.alice.pk).update(is_active=False)
    answer = sign_in(client, "alice@tenfold.example")
    assert client.get("/t/xinghe/notices/").status_code == 302
    assert answer.status_code in (200, 302)
    assert "This account is closed" in client.get(reverse("account_inactive")).content.decode()


def test_an_unconfirmed_address_does_not_get_in_until_confirmed(world, client):
    EmailAddress.objects.filter(user=world.alice).update(verified=False)
    assert sign_in(client, "alice@tenfold.example")["Location"] == reverse("account_email_verification_sent")
    assert client.get("/t/xinghe/notices/").status_code == 302
    assert "Confirm your e-mail address" in client.get(reverse("account_email_verification_sent")).content.decode()
    link = link_in(mail.outbox[-1])
    assert "Confirm" in client.get(link).content.decode()
    client.post(link)
    assert EmailAddress.objects.get(user=world.alice).verified
    sign_in(client, "alice@tenfold.example")
    assert client.get("/t/xinghe/notices/").status_code == 200


def test_nobody_signs_up_alone(world, client):
    signup = reverse("account_signup")
    assert "Accounts are made by invitation" in client.get(signup).content.decode()
    client.post(signup, {"email": "me@example.com", "password1": NEW, "password2": NEW})
    assert not type(world.alice).objects.filter(email="me@example.com").exists()


def test_a_new_password_by_mail(world, client):
    world.alice.language = "zh-hans"
    world.alice.save()
    asked = client.post(reverse("account_reset_password"), {"email": "alice@tenfold.example"})
    assert asked["Location"] == reverse("account_reset_password_done")
    assert "on its way" in client.get(asked["Location"]).content.decode()
    letter = mail.outbox[-1]
    assert letter.to == ["alice@tenfold.example"]
    assert letter.subject == "为十问设置新密码" or "密码" in letter.subject
    page = client.get(link_in(letter), follow=True)
    form = page.redirect_chain[-1][0]
    done = client.post(form, {"password1": NEW, "password2": NEW})
    assert done.status_code == 302
    assert "is changed" in client.get(done["Location"]).content.decode()
    assert sign_in(client, "alice@tenfold.example", NEW)["Location"] == "/"
    again = EnglishClient().get(link_in(letter), follow=True)
    assert "This link no longer works" in again.content.decode()


def test_asking_for_an_unknown_address_looks_the_same_and_says_so_by_mail_only(world, client):
    asked = client.post(reverse("account_reset_password"), {"email": "nobody@example.com"})
    assert asked["Location"] == reverse("account_reset_password_done")
    assert mail.outbox[-1].to == ["nobody@example.com"]
    assert "there is none" in mail.outbox[-1].body


def test_changing_the_password_signs_the_other_browsers_out_and_tells_by_mail(world, client):
    other = EnglishClient()
    for browser in (client, other):
        sign_in(browser, "alice@tenfold.example")
    changed = client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert changed.status_code == 302
    assert client.get("/t/xinghe/notices/").status_code == 200
    assert other.get("/t/xinghe/notices/").status_code == 302
    assert "The password was changed." in mail.outbox[-1].body


def test_sessions_are_listed_and_ended_at_once(world, client):
    other, stranger = EnglishClient(), EnglishClient()
    sign_in(client, "alice@tenfold.example")
    sign_in(other, "alice@tenfold.example")
    sign_in(stranger, "mallory@tenfold.example")
    sessions = UserSession.objects.filter(user=world.alice)
    assert sessions.count() == 2
    theirs = sessions.get(session_key=other.session.session_key)
    assert stranger.post(reverse("session_end", kwargs={"session_id": theirs.pk})).status_code == 404
    assert other.get("/t/xinghe/notices/").status_code == 200
    assert client.post(reverse("session_end", kwargs={"session_id": theirs.pk})).status_code == 303
    assert other.get("/t/xinghe/notices/").status_code == 302
    assert client.get("/t/xinghe/notices/").status_code == 200
    sign_in(other, "alice@tenfold.example")
    assert client.get(reverse("usersessions_list")).status_code == 200
    client.post(reverse("usersessions_list"))
    assert other.get("/t/xinghe/notices/").status_code == 302


def test_the_address_changes_when_its_owner_opens_the_link(world, client):
    sign_in(client, "alice@tenfold.example")
    client.post(reverse("account_email"), {"email": "alice.new@example.com", "action_add": ""})
    world.alice.refresh_from_db()
    assert world.alice.email == "alice@tenfold.example"
    link = link_in(next(letter for letter in reversed(mail.outbox) if letter.to == ["alice.new@example.com"]))
    client.post(link)
    world.alice.refresh_from_db()
    assert world.alice.email == "alice.new@example.com"
    assert list(EmailAddress.objects.filter(user=world.alice).values_list("email", "primary")) == [("alice.new@example.com", True)]


def test_every_account_page_exists_in_both_languages(world):
    for browser, word in ((EnglishClient(), re.compile("[\u4e00-\u9fff]")), (ChineseClient(), None)):
        pages = [
            LOGIN,
            reverse("account_reset_password"),
            reverse("account_reset_password_done"),
            reverse("account_signup"),
            reverse("account_inactive"),
        ]
        for path in pages:
            text = browser.get(path).content.decode()
            main = re.search(r"<main.*?</main>", text, re.S)[0]
            if word:
                assert not word.search(main), path
            else:
                assert not re.search(r">\s*[A-Z][a-z]+ [a-z]+ [a-z]+", main), path


def test_language_of_a_stranger_is_kept_in_a_cookie_and_of_a_person_in_the_account(world, client):
    assert "Sign in" in client.get("/").content.decode()
    client.post("/preferences/language/", {"language": "zh-hans", "next": "/"})
    assert "登录" in client.get("/").content.decode()
    client.post("/preferences/language/", {"language": "en", "next": "/"})
    sign_in(client, "alice@tenfold.example")
    assert "Messages" in client.get("/t/xinghe/notices/").content.decode()
    client.post("/preferences/language/", {"language": "zh-hans", "next": "/"})
    assert "消息" in client.get("/t/xinghe/notices/").content.decode()
    world.alice.refresh_from_db()
    assert world.alice.language == "zh-hans"


def test_preferences_take_effect_at_once(world, client):
    client.force_login(world.alice)
    path = "/t/xinghe/preferences/"
    assert client.post(path, {"name": "", "language": "en", "theme": "dark"}).status_code == 422
    answer = client.post(
        path, {"name": "Alice Ärmel", "language": "zh-hans", "time_zone": "Europe/Berlin", "theme": "dark", "mails": "1", "kinds": []}
    )
    assert answer.status_code == 303
    page = client.get(path).content.decode()
    assert 'data-bs-theme="dark"' in page
    assert "偏好" in page
    world.alice.refresh_from_db()
    assert (world.alice.name, world.alice.time_zone, world.alice.theme) == ("Alice Ärmel", "Europe/Berlin", "dark")
    assert client.get("/preferences/").status_code == 200


def test_the_organisations_own_sign_in_address_shows_its_name_and_no_other_does(world, client):
    right = client.get("/", {"tenant": brand_key(world.tenant)}).content.decode()
    assert "Xinghe Retail Group" in right
    plain = client.get("/").content.decode()
    assert "Xinghe" not in plain
    key = brand_key(world.tenant)
    for wrong in ("xinghe", "no-such", "xinghe:forged", key.replace("xinghe", "rivale"), ""):
        page = client.get("/", {"tenant": wrong}).content.decode()
        assert "Xinghe" not in page
        assert "Rivale" not in page


def test_two_organisations_give_a_choice(world, client):
    from portal.core.tenancy import tenant_context
    from portal.tenants.actions import add_member

    with tenant_context(world.tenant.pk):
        add_member(world.tenant, world.mallory)
    client.force_login(world.mallory)
    page = client.get("/").content.decode()
    assert "/t/xinghe/" in page
    assert "/t/rivale/" in page
