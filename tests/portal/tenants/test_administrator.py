"""An organisation that nobody can administer gets an administrator from the platform's staff; no other one does."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from portal.core.errors import Conflict
from portal.core.tenancy import tenant_context
from portal.roles import actions, queries
from portal.roles.models import MembershipRole
from portal.tenants.models import Invitation, Membership, Tenant, User
from tests.factories.cast import make_user
from tests.portal.browsers import queries_of

LIST = reverse("platform:organisations")
pytestmark = pytest.mark.usefixtures("own_cache")


def page(slug="haiyun"):
    return reverse("platform:administrator", kwargs={"slug": slug})


def new_organisation(slug="haiyun", email="wrong@example.com"):
    tenant, _invitation, _link = actions.create_organisation(slug=slug, name_zh="海运", name_en="Haiyun", admin_email=email, language="en")
    return tenant


@pytest.fixture
def staff(world, client):
    user = make_user("staff", "Stella", is_staff=True)
    client.force_login(user)
    client.user = user
    return client


def test_a_lost_first_invitation_is_replaced(world, staff):
    tenant = new_organisation()
    with tenant_context(tenant.pk):
        Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    listed = staff.get(LIST).content.decode()
    assert page() in listed
    assert page("xinghe") not in listed
    shown = staff.get(page()).content.decode()
    assert "wrong@example.com" in shown
    assert "out of date" in shown
    assert staff.post(page(), {"email": "nonsense"}).status_code == 422
    assert staff.post(page(), {"email": "li@example.com", "name": "Li Lei"}).status_code == 303
    with tenant_context(tenant.pk):
        assert [(one.email, one.revoked_at is None) for one in Invitation.objects.order_by("created_at")] == [
            ("wrong@example.com", False),
            ("li@example.com", True),
        ]
    person = type(staff)()
    person.get(re.search(r"/invitation/\S+", mail.outbox[-1].body)[0])
    assert person.post("/invitation/", {"name": "Li Lei", "password": "a long enough phrase"}).status_code == 302
    log = person.get("/t/haiyun/administration/log/").content.decode()
    assert "withdrew the invitation of" in log
    assert "invited Li Lei (li@example.com) as Administrator" in log
    assert page() not in staff.get(LIST).content.decode()
    assert staff.get(page()).status_code == 409
    assert staff.post(page(), {"email": "other@example.com"}).status_code == 409


def test_the_same_address_can_be_invited_again(world, staff):
    tenant = new_organisation()
    assert staff.post(page(), {"email": "wrong@example.com"}).status_code == 303
    with tenant_context(tenant.pk):
        assert Invitation.objects.filter(email="wrong@example.com", revoked_at=None).count() == 1


def test_a_member_takes_over_when_the_only_administrator_is_closed(world, staff):
    User.objects.filter(pk=world.adam.pk).update(is_active=False)
    assert "no administrator" in staff.get(LIST).content.decode()
    assert staff.post(page("xinghe"), {"email": "pam@tenfold.example"}).status_code == 303
    link = re.search(r"/invitation/\S+", mail.outbox[-1].body)[0]
    pam = type(staff)()
    pam.force_login(world.pam)
    pam.get(link)
    assert pam.post("/invitation/").status_code == 302
    with tenant_context(world.tenant.pk):
        keys = set(MembershipRole.objects.filter(membership__user=world.pam).values_list("role__key", flat=True))
        assert keys == {"pmo", "administrator"}
    assert queries.without_administrator([world.tenant.pk]) == set()


def test_an_ended_membership_and_a_closed_account_do_not_count(world):
    assert queries.without_administrator([world.tenant.pk, world.other.pk]) == set()
    with tenant_context(world.tenant.pk):
        Membership.objects.filter(user=world.adam).update(active=False)
    assert queries.without_administrator([world.tenant.pk, world.other.pk]) == {world.tenant.pk}
    assert queries.without_administrator([]) == set()


def test_where_somebody_administers_staff_invite_nobody(world, staff):
    for call in (staff.get, staff.post):
        assert call(page("xinghe"), {"email": "stella@example.com"}).status_code == 409
    with pytest.raises(Conflict) as refusal:
        actions.invite_administrator(world.tenant, email="stella@example.com", by=staff.user)
    assert refusal.value.code == "has_administrator"
    with tenant_context(world.tenant.pk):
        assert not Invitation.objects.exists()
    assert staff.get(page("nowhere")).status_code == 404


def test_a_suspended_organisation_is_reopened_first(world, staff):
    new_organisation()
    Tenant.objects.filter(slug="haiyun").update(status="suspended", suspended_at=timezone.now())
    assert page() not in staff.get(LIST).content.decode()
    assert staff.post(page(), {"email": "li@example.com"}).status_code == 422
    assert len(mail.outbox) == 1


def test_the_page_does_not_exist_for_others(world, client):
    new_organisation()
    assert client.get(page()).status_code == 302
    client.force_login(world.adam)
    assert client.post(page(), {"email": "adam@tenfold.example"}).status_code == 404


def test_the_list_costs_the_same_for_many(world, staff):
    staff.get(LIST)
    before = len(queries_of(lambda: staff.get(LIST)))
    for number in range(3):
        new_organisation(f"haiyun-{number}", f"li{number}@example.com")
    assert len(queries_of(lambda: staff.get(LIST))) == before


def test_the_command_does_the_same(world, capsys):
    new_organisation()
    call_command("invite_administrator", "haiyun", "li@example.com", name="Li")
    out = capsys.readouterr().out
    assert "li@example.com has been invited to haiyun" in out
    assert "/invitation/" in out
    for slug, email in (("nowhere", "li@example.com"), ("xinghe", "li@example.com"), ("haiyun", "nonsense")):
        with pytest.raises(CommandError):
            call_command("invite_administrator", slug, email)
