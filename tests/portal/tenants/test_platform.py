"""Platform staff: create, suspend, reopen, link accounts; nothing inside an organisation is theirs to see."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse

from portal.audit.models import AuditEvent
from portal.core.errors import Conflict, Invalid
from portal.core.tenancy import tenant_context
from portal.tenants import actions
from portal.tenants.entry import tenants_of
from portal.tenants.models import Membership, Tenant, User
from tests.factories.cast import make_user

NEW = {"slug": "haiyun", "name_zh": "海运", "name_en": "", "language": "zh-hans", "admin_email": "li@example.com", "admin_name": "李雷"}


@pytest.fixture
def staff(world, client):
    user = make_user("staff", "Stella", is_staff=True)
    client.force_login(user)
    client.user = user
    return client


PAGES = ["platform:organisations", "platform:new", "platform:accounts"]


@pytest.mark.parametrize("name", PAGES)
def test_the_pages_do_not_exist_for_others(world, client, name):
    assert client.get(reverse(name)).status_code == 302
    for who in ("adam", "mallory"):
        client.force_login(getattr(world, who))
        assert client.get(reverse(name)).status_code == 404
        assert client.post(reverse("platform:suspend", kwargs={"slug": "xinghe"}), {"reason": "x"}).status_code == 404
    assert Tenant.objects.get(slug="xinghe").status == "active"


def test_staff_belong_to_no_organisation_by_that(world, staff):
    for path in ("/t/xinghe/", "/t/xinghe/administration/people/", "/t/xinghe/administration/log/"):
        assert staff.get(path).status_code == 404


def test_list_and_search(world, staff):
    page = staff.get(reverse("platform:organisations")).content.decode()
    assert "xinghe" in page
    assert "rivale" in page
    for secret in ("XH-0001", "Customer service bot", "alice@"):
        assert secret not in page
    found = staff.get(reverse("platform:organisations"), {"q": "竞品"}).content.decode()
    assert "rivale" in found
    assert "xinghe" not in found
    assert "xinghe" not in staff.get(reverse("platform:organisations"), {"state": "suspended"}).content.decode()


def test_create_with_the_first_administrator(world, staff, client):
    assert staff.post(reverse("platform:new"), NEW).status_code == 303
    tenant = Tenant.objects.get(slug="haiyun")
    assert (tenant.name_zh, tenant.name_en) == ("海运", "海运")
    letter = mail.outbox[-1]
    assert (letter.to, letter.subject) == (["li@example.com"], "邀请您加入十问中的海运")
    person = type(client)()
    person.get(re.search(r"/invitation/\S+", letter.body)[0])
    assert person.post("/invitation/", {"name": "李雷", "password": "a long enough phrase"}).status_code == 302
    assert person.get("/t/haiyun/administration/people/").status_code == 200
    assert staff.post(reverse("platform:new"), NEW).status_code == 422
    assert staff.post(reverse("platform:new"), {**NEW, "slug": "A B"}).status_code == 422
    assert staff.post(reverse("platform:new"), {**NEW, "slug": "other", "name_zh": ""}).status_code == 422
    assert Tenant.objects.count() == 3


def test_suspend_and_reopen(world, staff):
    member = type(staff)()
    member.force_login(world.adam)
    assert member.get("/t/xinghe/administration/people/").status_code == 200
    suspend = reverse("platform:suspend", kwargs={"slug": "xinghe"})
    assert staff.get(suspend).status_code == 200
    assert staff.post(suspend, {"reason": "  "}).status_code == 422
    assert staff.post(suspend, {"reason": "contract ended"}).status_code == 303
    shut = member.get("/t/xinghe/administration/people/")
    assert shut.status_code == 403
    assert "suspended" in shut.content.decode()
    assert "contract ended" not in shut.content.decode()
    assert member.post("/t/xinghe/administration/teams/", {"name": "x"}).status_code == 403
    assert staff.post(suspend, {"reason": "again"}).status_code == 409
    other = type(staff)()
    other.force_login(world.mallory)
    assert other.get("/t/rivale/notices/").status_code == 200
    assert staff.post(reverse("platform:reopen", kwargs={"slug": "xinghe"})).status_code == 303
    assert member.get("/t/xinghe/administration/people/").status_code == 200
    log = member.get("/t/xinghe/administration/log/").content.decode()
    assert "suspended the organisation: contract ended" in log
    assert "reopened the organisation" in log
    assert staff.post(reverse("platform:reopen", kwargs={"slug": "xinghe"})).status_code == 409


def test_the_command_does_the_same(world, capsys):
    call_command("create_tenant", "haiyun", name_zh="海运", admin_email="li@example.com")
    out = capsys.readouterr().out
    assert "Organisation haiyun created" in out
    assert "/invitation/" in out
    assert mail.outbox[-1].to == ["li@example.com"]
    for slug, options in (
        ("haiyun", {"name_zh": "海运"}),
        ("x", {"name_zh": "海运"}),
        ("other", {}),
        ("other", {"name_en": "O", "admin_email": "nonsense"}),
    ):
        with pytest.raises(CommandError):
            call_command("create_tenant", slug, **{"admin_email": "li@example.com", **options})
    assert not Tenant.objects.filter(slug="other").exists()


def test_sync_roles_adds_what_is_new(world, capsys):
    from portal.roles.models import Role

    with tenant_context(world.tenant.pk):
        Role.objects.filter(key="finance").delete()
    call_command("sync_roles")
    with tenant_context(world.tenant.pk):
        assert Role.objects.filter(key="finance", builtin=True).exists()


def test_two_accounts_become_one_person(world, staff):
    second = make_user("alice2", "Alice again")
    with tenant_context(world.tenant.pk):
        actions.add_member(world.tenant, second)
    page = reverse("platform:accounts")
    assert staff.get(page).status_code == 200
    assert staff.post(page, {"kept": "alice@tenfold.example", "other": "nobody@x.example", "reason": "r"}).status_code == 422
    assert (
        staff.post(page, {"kept": "alice@tenfold.example", "other": "alice2@tenfold.example", "reason": "same passport"}).status_code == 303
    )
    second.refresh_from_db()
    assert second.person_id == world.alice.person_id
    assert "alice2@tenfold.example" in staff.get(page).content.decode()
    with pytest.raises(Conflict):
        actions.link_accounts(world.alice, second, reason="again", by=staff.user)
    with pytest.raises(Invalid):
        actions.link_accounts(world.alice, world.alice, reason="self", by=staff.user)
    reader = type(staff)()
    reader.force_login(world.adam)
    assert "linked the account alice2@tenfold.example" in reader.get("/t/xinghe/administration/log/").content.decode()
    bare = staff.post(reverse("platform:unlink", kwargs={"user_id": second.pk}), {"reason": " "})
    assert bare.status_code == 422
    assert "Say why the link is taken back." in bare.content.decode()
    assert "<b>reason</b>" not in bare.content.decode()
    assert staff.post(reverse("platform:unlink", kwargs={"user_id": second.pk}), {"reason": "two people"}).status_code == 303
    assert ": two people" in reader.get("/t/xinghe/administration/log/").content.decode()
    second.refresh_from_db()
    assert second.person_id != world.alice.person_id
    assert staff.post(reverse("platform:unlink", kwargs={"user_id": second.pk}), {"reason": "two people"}).status_code == 409


def test_an_account_linked_before_comes_along(world):
    second, third = make_user("alice2"), make_user("alice3")
    with tenant_context(world.tenant.pk):
        actions.add_member(world.tenant, second)
    actions.link_accounts(world.alice, second, reason="one", by=world.adam)
    actions.link_accounts(third, second, reason="two", by=world.adam)
    assert set(User.objects.filter(pk__in=[world.alice.pk, second.pk, third.pk]).values_list("person_id", flat=True)) == {third.person_id}
    with tenant_context(world.tenant.pk):
        said = AuditEvent.objects.filter(verb="portal.account.linked", changes__reason="two")
        assert set(said.values_list("row_id", flat=True)) == {str(world.alice.pk), str(second.pk)}


def test_a_link_decided_on_an_old_state_is_refused(world):
    second, third = make_user("alice2"), make_user("alice3")
    stale = User.objects.get(pk=second.pk)
    actions.link_accounts(world.alice, second, reason="one", by=world.adam)
    with pytest.raises(Conflict, match="in the meantime"):
        actions.link_accounts(third, stale, reason="two", by=world.adam)


def test_a_link_over_two_organisations_names_no_foreign_account(world):
    actions.link_accounts(world.mallory, world.alice, reason="same person", by=world.adam)
    with tenant_context(world.tenant.pk):
        details = str(list(AuditEvent.objects.filter(verb="portal.account.linked").values_list("changes", flat=True)))
    assert "alice@" in details
    assert "mallory" not in details


def test_the_admin_knows_no_tenant_tables(world, staff):
    from django.contrib import admin

    assert {model._meta.db_table for model in admin.site._registry} & {"portal_project", "portal_membership", "auth_group"} == set()
    assert {model for model in admin.site._registry if model._meta.app_label == "portal"} == {User, Tenant}
    User.objects.filter(pk=staff.user.pk).update(is_superuser=True)
    assert staff.get("/admin/").status_code == 200
    assert staff.get("/admin/portal/user/").status_code == 200
    staff.force_login(world.adam)
    assert staff.get("/admin/").status_code in (302, 403)


def test_the_admin_has_no_sign_in_page_of_its_own(world, client):
    answer = client.get("/admin/login/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, reverse("account_login"))


def test_memberships_are_read_without_a_tenant(world):
    assert [tenant.slug for tenant in tenants_of(world.alice)] == ["xinghe"]
    with tenant_context(world.tenant.pk):
        Membership.objects.filter(user=world.alice).update(active=False)
    assert tenants_of(world.alice) == []
