"""Invitations: one use, seven days, only a hash kept, nothing about other organisations."""

from __future__ import annotations

import logging
import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from portal.core.errors import Conflict, Invalid, TooMany
from portal.core.tenancy import tenant_context
from portal.roles import actions
from portal.roles.actions import inviting
from portal.roles.models import MembershipRole
from portal.tenants.models import Invitation, Membership, User

ACCEPT = "/invitation/"
pytestmark = pytest.mark.usefixtures("own_cache")


def url(name, **kwargs):
    return reverse(f"portal:{name}", kwargs={"tenant_slug": "xinghe", **kwargs})


def invite(world, email="nina@example.com", roles=("contributor",), language="en", name="Nina"):
    with tenant_context(world.tenant.pk, world.adam.pk):
        return actions.invite_person(world.tenant, email=email, name=name, role_keys=roles, language=language, by=world.adam)


def path_of(link):
    return re.sub(r"^https?://[^/]+", "", link)


def test_a_new_person_comes_in_by_the_link(world, client):
    invitation, link = invite(world, roles=("contributor", "pmo"))
    assert client.get(path_of(link), follow=True).status_code == 200
    page = client.get(ACCEPT).content.decode()
    assert "Xinghe Retail Group" in page
    assert "nina@example.com" in page
    weak = client.post(ACCEPT, {"name": "Nina", "password": "12345"})
    assert weak.status_code == 422
    assert not User.objects.filter(email="nina@example.com").exists()
    answer = client.post(ACCEPT, {"name": "Nina Novak", "password": "a long enough phrase"})
    assert (answer.status_code, answer["Location"]) == (302, "/t/xinghe/")
    assert client.get(url("notices")).status_code == 200
    nina = User.objects.get(email="nina@example.com")
    assert (nina.name, nina.language) == ("Nina Novak", "en")
    assert EmailAddress.objects.get(user=nina).verified
    with tenant_context(world.tenant.pk):
        keys = MembershipRole.objects.filter(membership__user=nina).values_list("role__key", flat=True)
        assert set(keys) == {"contributor", "pmo"}
        invitation.refresh_from_db()
        assert invitation.accepted_by_id == nina.pk


def test_the_link_works_once(world, client):
    _invitation, link = invite(world)
    client.get(path_of(link))
    client.post(ACCEPT, {"name": "Nina", "password": "a long enough phrase"})
    other = type(client)()
    other.get(path_of(link))
    assert other.get(ACCEPT).status_code == 404
    assert other.post(ACCEPT, {"name": "Mallory", "password": "a long enough phrase"}).status_code == 409
    with tenant_context(world.tenant.pk):
        assert Membership.objects.filter(user__email="nina@example.com").count() == 1


def test_two_at_once_make_one_member(world):
    invitation, _link = invite(world)
    with tenant_context(world.tenant.pk):
        actions.accept_invitation(invitation, world.tenant, name="Nina", password="a long enough phrase")
        with pytest.raises(Conflict):
            actions.accept_invitation(invitation, world.tenant, name="Other", password="a long enough phrase")
    assert User.objects.filter(email="nina@example.com").count() == 1


def test_the_link_expires_after_seven_days(world, client):
    invitation, link = invite(world)
    assert timedelta(days=6, hours=23) < invitation.expires_at - timezone.now() <= timedelta(days=7)
    with tenant_context(world.tenant.pk):
        # The database counts from the beginning of the transaction, which is that of the whole test here.
        Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=10))
    client.get(path_of(link))
    assert client.get(ACCEPT).status_code == 404
    assert client.post(ACCEPT, {"name": "Nina", "password": "a long enough phrase"}).status_code == 409
    assert not User.objects.filter(email="nina@example.com").exists()


def test_a_new_link_replaces_the_old_one(world, client):
    invitation, old = invite(world)
    client.force_login(world.adam)
    assert client.post(url("invitation_resend", invitation_id=invitation.pk)).status_code == 303
    new = re.search(r"http\S+/invitation/\S+", mail.outbox[-1].body)[0]
    assert new != old
    stranger = type(client)()
    stranger.get(path_of(old))
    assert stranger.get(ACCEPT).status_code == 404
    stranger.get(path_of(new))
    assert stranger.get(ACCEPT).status_code == 200


def test_a_withdrawn_link_does_not_work_and_cannot_be_sent_again(world, client):
    invitation, link = invite(world)
    client.force_login(world.adam)
    assert client.post(url("invitation_revoke", invitation_id=invitation.pk)).status_code == 303
    assert client.post(url("invitation_resend", invitation_id=invitation.pk)).status_code == 409
    assert client.post(url("invitation_revoke", invitation_id=invitation.pk)).status_code == 409
    stranger = type(client)()
    stranger.get(path_of(link))
    assert stranger.get(ACCEPT).status_code == 404


def test_every_open_invitation_can_be_found_however_many_there_are(world, client):
    with tenant_context(world.tenant.pk, world.adam.pk):
        first, _link = actions.invite_person(
            world.tenant, email="zoe@example.com", name="Zoe", role_keys=["contributor"], language="en", by=world.adam
        )
        rows = [
            Invitation(
                email=f"new{number}@example.com",
                role_keys=["contributor"],
                token_hash=f"{number:064}",
                invited_by=world.pam,
                expires_at=timezone.now() + timedelta(days=3),
            )
            for number in range(102)
        ]
        Invitation.objects.bulk_create(rows)
        Invitation.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(days=1))
    client.force_login(world.adam)
    resend = url("invitation_resend", invitation_id=first.pk)
    page = client.get(url("people")).content.decode()
    assert "The newest 100 of 103 open invitations." in page
    assert resend not in page
    for words in ("zoe@example.com", "zoe", "Adam zoe"):
        found = client.get(url("people"), {"q": words}).content.decode()
        assert resend in found
        assert "new7@example.com" not in found
        assert "open invitations." not in found
    assert resend not in client.get(url("people"), {"q": "zoe", "ended": "1"}).content.decode()


def test_inviting_an_address_again_leads_to_the_invitation_that_is_open(world, client):
    invitation, _link = invite(world, email="n+1@example.com")
    client.force_login(world.adam)
    again = client.post(url("invite"), {"email": "N+1@example.com", "name": "", "roles": ["contributor"], "language": "en"})
    assert again.status_code == 422
    link = re.search(r'href="([^"]+)">Show the open invitation', again.content.decode())[1]
    assert url("invitation_revoke", invitation_id=invitation.pk) in client.get(link).content.decode()
    other = client.post(url("invite"), {"email": "pam@tenfold.example", "name": "", "roles": ["contributor"], "language": "en"})
    assert other.status_code == 422
    assert "Show the open invitation" not in other.content.decode()


def test_a_suspended_organisation_takes_nobody_in(world, client):
    from portal.tenants.actions import suspend_tenant

    _invitation, link = invite(world)
    suspend_tenant(world.tenant, reason="unpaid", by=world.adam)
    client.get(path_of(link))
    assert client.get(ACCEPT).status_code == 404


def test_an_existing_account_joins_and_keeps_its_password(world, client):
    _invitation, link = invite(world, email="mallory@tenfold.example", roles=("auditor",))
    client.get(path_of(link))
    page = client.get(ACCEPT).content.decode()
    assert "Sign in and join" in page
    assert 'name="password"' not in page
    assert client.post(ACCEPT, {"name": "X", "password": "a long enough phrase"}).status_code == 422
    client.force_login(world.mallory)
    client.get(path_of(link))
    assert client.post(ACCEPT).status_code == 302
    assert client.get(url("audit_log")).status_code == 200
    world.mallory.refresh_from_db()
    assert world.mallory.check_password("correct horse battery")
    assert client.get("/t/rivale/notices/").status_code == 200


def test_the_sign_in_leads_back_to_the_invitation(world, client):
    _invitation, link = invite(world, email="mallory@tenfold.example")
    client.get(path_of(link))
    answer = client.post(
        reverse("account_login"), {"login": "mallory@tenfold.example", "password": "correct horse battery", "next": ACCEPT}
    )
    assert (answer.status_code, answer["Location"]) == (302, ACCEPT)
    assert client.post(ACCEPT).status_code == 302


def test_another_account_cannot_take_it(world, client):
    _invitation, link = invite(world)
    client.force_login(world.mallory)
    client.get(path_of(link))
    page = client.get(ACCEPT)
    assert "another address" in page.content.decode()
    assert client.post(ACCEPT, {"name": "Mallory", "password": "a long enough phrase"}).status_code == 422
    with tenant_context(world.tenant.pk):
        assert not Membership.objects.filter(user=world.mallory).exists()
        assert Invitation.objects.get().accepted_at is None


def test_the_secret_is_nowhere_but_in_the_mail(world, client, caplog):
    with caplog.at_level(logging.DEBUG):
        invitation, link = invite(world)
        token = link.rstrip("/").rsplit("/", 1)[1]
        client.get(path_of(link))
        client.get(ACCEPT)
        client.get(f"/invitation/{token}x/", follow=True)
    assert token in mail.outbox[-1].body
    assert invitation.token_hash == inviting.token_hash(token)
    assert token not in caplog.text
    assert token not in str(client.session.items())
    with tenant_context(world.tenant.pk):
        from portal.audit.models import AuditEvent

        trail = str(list(AuditEvent.objects.values_list("changes", flat=True)))
        assert token not in trail
        assert invitation.token_hash not in trail


def test_unknown_links_look_like_expired_ones_and_are_limited(world, client):
    first = client.get("/invitation/not-a-token/")
    assert (first.status_code, first["Location"]) == (302, ACCEPT)
    assert client.get(ACCEPT).status_code == 404
    codes = [client.get(f"/invitation/guess-{n}/").status_code for n in range(40)]
    assert codes[-1] == 429
    assert 302 in codes


def test_the_mail_speaks_the_language_chosen(world):
    invite(world, email="li@example.com", language="zh-hans", name="李雷")
    letter = mail.outbox[-1]
    assert letter.subject == "邀请您加入十问中的星河零售集团"
    assert "接受邀请" in letter.body
    assert "参与人" in letter.body
    html = letter.alternatives[0][0]
    assert 'lang="zh' in html
    invite(world, email="ann@example.com", language="en")
    assert mail.outbox[-1].subject == "Invitation to Xinghe Retail Group in Tenfold"
    assert "Adam invites you" in mail.outbox[-1].body


def test_members_and_open_invitations_are_not_invited_again(in_tenant):
    with pytest.raises(Conflict, match="member already"):
        actions.invite_person(in_tenant.tenant, email="BOB@tenfold.example", role_keys=["pmo"], language="en", by=in_tenant.adam)
    actions.invite_person(in_tenant.tenant, email="nina@example.com", role_keys=["pmo"], language="en", by=in_tenant.adam)
    with pytest.raises(Conflict, match="open invitation"):
        actions.invite_person(in_tenant.tenant, email="Nina@Example.com", role_keys=["pmo"], language="en", by=in_tenant.adam)
    for email, roles in (("nobody", ["pmo"]), ("x@example.com", []), ("x@example.com", ["pmo", "king"]), ("x@example.com", ["tech_lead"])):
        with pytest.raises(Invalid):
            actions.invite_person(in_tenant.tenant, email=email, role_keys=roles, language="en", by=in_tenant.adam)
    assert len(mail.outbox) == 1


def test_an_invitation_that_cannot_be_mailed_is_not_kept(in_tenant, monkeypatch):
    def refuse(self):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    with pytest.raises(Conflict, match="could not be sent"):
        actions.invite_person(in_tenant.tenant, email="nina@example.com", role_keys=["pmo"], language="en", by=in_tenant.adam)
    assert not Invitation.objects.exists()


def test_an_organisation_cannot_flood_the_world(in_tenant, monkeypatch):
    monkeypatch.setattr(inviting, "HOURLY_LIMIT", 2)
    for n in range(2):
        actions.invite_person(in_tenant.tenant, email=f"n{n}@example.com", role_keys=["pmo"], language="en", by=in_tenant.adam)
    with pytest.raises(TooMany):
        actions.invite_person(in_tenant.tenant, email="n3@example.com", role_keys=["pmo"], language="en", by=in_tenant.adam)


def test_invitations_of_another_organisation_are_not_there(world, client):
    with tenant_context(world.other.pk):
        foreign, _link = actions.invite_person(world.other, email="x@example.com", role_keys=["pmo"], language="en", by=world.mallory)
    client.force_login(world.adam)
    assert client.post(url("invitation_resend", invitation_id=foreign.pk)).status_code == 404
    assert client.post(url("invitation_revoke", invitation_id=foreign.pk)).status_code == 404
    assert "x@example.com" not in client.get(url("people")).content.decode()


def test_nobody_invites_himself_to_a_role(world, client):
    EmailAddress.objects.create(user=world.adam, email="adam@home.example", verified=True)
    _invitation, link = invite(world, email="adam@home.example", roles=("compliance_officer",))
    client.force_login(world.adam)
    client.get(path_of(link))
    answer = client.post(ACCEPT)
    assert answer.status_code == 409
    assert "cannot give yourself a role" in answer.content.decode()
    with tenant_context(world.tenant.pk):
        assert list(MembershipRole.objects.filter(membership__user=world.adam).values_list("role__key", flat=True)) == ["administrator"]
        assert Invitation.objects.get().accepted_at is None


def test_who_makes_an_organisation_may_be_its_first_administrator(world):
    tenant, invitation, _link = actions.create_organisation(
        slug="haiyun", name_zh="海运", name_en="", admin_email="adam@tenfold.example", by=world.adam
    )
    with tenant_context(tenant.pk):
        actions.accept_invitation(invitation, tenant, user=world.adam)
        assert MembershipRole.objects.get(membership__user=world.adam).role.key == "administrator"


def test_the_form(world, client):
    client.force_login(world.adam)
    assert client.get(url("invite")).status_code == 200
    bad = client.post(url("invite"), {"email": "bob@tenfold.example", "roles": ["pmo"], "language": "en"})
    assert bad.status_code == 422
    assert "member already" in bad.content.decode()
    good = client.post(url("invite"), {"email": "nina@example.com", "roles": ["pmo"], "language": "en"})
    assert good.status_code == 303
    assert "nina@example.com" in client.get(url("people")).content.decode()
