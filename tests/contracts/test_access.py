"""One table of addresses tests all access: strangers, other organisations, members without the right, members with it."""

from __future__ import annotations

from collections import Counter

import pytest
from django.conf import settings
from django.db import connection
from guardian.shortcuts import assign_perm

from portal.core import permissions
from portal.core.access import MEMBER, PLATFORM, PUBLIC, SIGNED_IN
from portal.core.permissions import GRANT_VIEW
from portal.core.tenancy import tenant_context
from portal.projects.access import GRANTS
from portal.tenants.actions import add_member
from tests.contracts.access_table import TABLE
from tests.contracts.routes import routes
from tests.factories.cast import make_user
from tests.factories.ready import start

ROUTES = routes()
TENANT_ROUTES = [route for route in ROUTES if route.in_tenant]
MARKS = (MEMBER, PUBLIC, SIGNED_IN, PLATFORM)
# Acts and pages that a refused person must not have changed anything with.
METHODS = ("get", "post", "put")


def test_every_address_has_its_own_name():
    twice = [name for name, count in Counter(route.name for route in ROUTES).items() if count > 1]
    assert twice == []


def test_the_table_lists_every_address_with_what_it_asks_for():
    found = {route.name: (route.declared.permission, route.declared.on) for route in ROUTES if route.declared}
    assert found == TABLE


def test_no_address_is_without_a_declaration():
    assert [route.name for route in ROUTES if route.declared is None] == []


def test_every_declared_name_is_a_known_permission():
    for route in ROUTES:
        for name in (route.declared.permission, *route.declared.also):
            assert name in MARKS or name in permissions.known(), (route.name, name)


def test_tenant_pages_are_never_public():
    assert [route.name for route in TENANT_ROUTES if route.declared.permission in (PUBLIC, SIGNED_IN, PLATFORM)] == []


def test_pages_below_a_project_ask_for_a_right_on_it():
    wrong = [route.name for route in TENANT_ROUTES if route.on_project and route.declared.on != "project"]
    assert wrong == []


@pytest.fixture
def house(world):
    """The world with checklists, a member without any role and one with whom the project was shared to read."""
    world.nobody = make_user("nobody", "Nobody")
    world.viewer = make_user("viewer", "Viewer")
    with tenant_context(world.tenant.pk):
        start(world.project)
        for user in (world.nobody, world.viewer):
            add_member(world.tenant, user)
        assign_perm(f"portal.{GRANT_VIEW}", world.viewer, world.project)
    return world


def _events() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from portal_auditevent")
        return cursor.fetchone()[0]


def _ask(client, user, route, project, method="get", tenant="xinghe"):
    client.logout()
    if user is not None:
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[1])
    return getattr(client, method)(route.url(tenant=tenant, project=project))


def _wrong(answers):
    """The answers that are not as expected, said so that one sees which."""
    return [f"{method.upper()} {name}: {got} instead of {expected}" for name, method, got, expected in answers if got != expected]


def test_strangers_are_asked_to_sign_in(house, client):
    answers = []
    for route in TENANT_ROUTES:
        response = _ask(client, None, route, house.project.pk)
        answers.append((route.name, "get", response.status_code, 401 if "/api/" in route.pattern else 302))
        if response.status_code == 302:
            assert "/accounts/login/" in response["Location"]
    assert _wrong(answers) == []


def test_members_of_another_organisation_see_nothing(house, client):
    answers = [
        (route.name, method, _ask(client, house.mallory, route, house.project.pk, method).status_code, 404)
        for route in TENANT_ROUTES
        for method in METHODS
    ]
    assert _wrong(answers) == []


def test_a_foreign_project_in_the_own_address_is_not_found(house, client):
    answers = [
        (route.name, method, _ask(client, house.pam, route, house.foreign.pk, method).status_code, 404)
        for route in TENANT_ROUTES
        if route.on_project
        for method in METHODS
    ]
    assert _wrong(answers) == []


def test_members_without_any_role_are_refused_and_change_nothing(house, client):
    with tenant_context(house.tenant.pk):
        before = _events()
    answers = [
        (route.name, method, _ask(client, house.nobody, route, house.project.pk, method).status_code, 404 if route.on_project else 403)
        for route in TENANT_ROUTES
        if route.declared.permission != MEMBER
        for method in METHODS
    ]
    assert _wrong(answers) == []
    with tenant_context(house.tenant.pk):
        assert _events() == before


def test_readers_of_a_project_are_told_that_they_may_not(house, client):
    with tenant_context(house.tenant.pk):
        before = _events()
    answers = [
        (route.name, method, _ask(client, house.viewer, route, house.project.pk, method).status_code, 403)
        for route in TENANT_ROUTES
        if route.on_project and not {route.declared.permission, *route.declared.also} & GRANTS[GRANT_VIEW]
        for method in METHODS
    ]
    assert _wrong(answers) == []
    with tenant_context(house.tenant.pk):
        assert _events() == before


def _holder(house, route):
    """Somebody who may: a tenant-wide role first, then the people of the project."""
    permission = route.declared.permission
    if permission == MEMBER:
        return house.pam
    known = permissions.get(permission)
    by_role = {
        "administrator": house.adam,
        "pmo": house.pam,
        "compliance_officer": house.carol,
        "executive": house.erin,
        "auditor": house.dave,
        "contributor": house.alice,
    }
    by_project_role = {
        "business_owner": house.alice,
        "tech_lead": house.bob,
        "data_owner": house.bob,
        "security": house.sam,
        "exec_sponsor": house.erin,
    }
    named = [by_role[role] for role in known.roles if role in by_role]
    named += [by_project_role[role] for role in known.project_roles if role in by_project_role]
    assert named, f"nobody in the cast holds {permission}"
    return named[0]


def test_people_with_the_right_are_let_in(house, client):
    shut = []
    for route in TENANT_ROUTES:
        # An id of a single object leads to nothing here (404), an act wants POST (405): the door itself is open.
        empty = route.name == "portal:logo" or set(route.arguments) - {"tenant_slug", "project_id"}
        allowed = {200, 302, 303, 405, 409, 422} | ({404} if empty else set())
        status = _ask(client, _holder(house, route), route, house.project.pk).status_code
        if status not in allowed:
            shut.append((route.name, status))
    assert shut == []


def test_platform_pages_do_not_exist_for_others(house, client):
    for route in ROUTES:
        if route.declared.permission == PLATFORM:
            assert _ask(client, house.adam, route, None).status_code == 404, route.name
            client.logout()
            assert client.get(route.url()).status_code == 302, route.name
