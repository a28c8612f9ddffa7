"""Contacts, stakeholders and the responsibility matrix."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connections, transaction

from portal.core.errors import Conflict, Invalid
from portal.core.tenancy import tenant_context
from portal.stakeholders import actions
from portal.stakeholders.models import Contact, Responsibility, Stakeholder
from portal.stakeholders.queries import matrix_of
from tests.factories import cast
from tests.portal.projects.conftest import statements


def test_contacts(in_tenant: SimpleNamespace) -> None:
    """Create, refuse twins and faults, edit, delete only when unused."""
    w = in_tenant
    contact = actions.create_contact(by=w.pam, name=" 王律师 ", organisation="远达律师事务所", email="wang@example.com")
    assert contact.name == "王律师"
    with pytest.raises(Invalid):
        actions.create_contact(by=w.pam, name="王律师", organisation="远达律师事务所")
    with pytest.raises(Invalid) as refusal:
        actions.create_contact(by=w.pam, name="", email="no", phone="1" * 41)
    assert set(refusal.value.detail["fields"]) == {"name", "email", "phone"}
    actions.edit_contact(contact, by=w.pam, position="Partner")
    part = actions.add_stakeholder(w.project, by=w.pam, contact=contact, part="Counsel")
    with pytest.raises(Conflict, match="1 project"):
        actions.delete_contact(contact, by=w.pam)
    actions.remove_stakeholder(part, by=w.pam)
    actions.delete_contact(contact, by=w.pam)
    assert not Contact.objects.exists()


def test_the_second_writer_of_a_contact_sees_both(in_tenant: SimpleNamespace) -> None:
    """By versions, and only where it makes a difference; a field alone may be written without one."""
    w = in_tenant
    contact = actions.create_contact(by=w.pam, name="Wang", phone="1")
    old = Contact.objects.get(pk=contact.pk)
    actions.edit_contact(contact, by=w.pam, version=1, phone="2")
    assert contact.version == 2
    with pytest.raises(Conflict) as refusal:
        actions.edit_contact(old, by=w.carol, version=1, name="Wang", phone="3")
    assert (refusal.value.detail["version"], refusal.value.detail["differences"]) == (2, {"phone": ("3", "2")})
    actions.edit_contact(old, by=w.carol, version=1, phone="2")
    actions.edit_contact(old, by=w.carol, position="Partner")
    stored = Contact.objects.get(pk=contact.pk)
    assert (stored.phone, stored.position, stored.version) == ("2", "Partner", 3)


def test_renaming_makes_no_twin(in_tenant: SimpleNamespace) -> None:
    w = in_tenant
    actions.create_contact(by=w.pam, name="Qingyun", organisation="Qingyun Ltd")
    other = actions.create_contact(by=w.pam, name="Qing Yun", organisation="Qingyun Ltd")
    with pytest.raises(Invalid) as refusal:
        actions.edit_contact(other, by=w.pam, name="QINGYUN")
    assert set(refusal.value.detail["fields"]) == {"name"}
    actions.edit_contact(other, by=w.pam, name="QING YUN")  # itself in other letters
    assert Contact.objects.filter(name__iexact="qingyun").count() == 1


def test_two_people_add_one_contact_at_once(live_db: None) -> None:
    world = cast.build_world()
    start = Barrier(4)

    def add(_number: int) -> str:
        try:
            start.wait()
            with tenant_context(world.tenant.pk, world.pam.pk):
                actions.create_contact(by=world.pam, name="Qingyun")
            return "made"
        except Invalid:
            return "refused"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(add, range(4))) == ["made", "refused", "refused", "refused"]


def test_contact_pages_and_versions(world: Any, signed_in: Any) -> None:
    """A stale form comes back with both values; whoever may only read is refused and told."""
    pam, bob = signed_in(world.pam), signed_in(world.bob)
    pam.post("/t/xinghe/stakeholders/new/", {"name": "Qingyun"})
    with tenant_context(world.tenant.pk):
        address = f"/t/xinghe/stakeholders/{Contact.objects.get().pk}/"
    assert 'name="version" value="1"' in pam.get(address).content.decode()
    assert pam.post(address, {"name": "Qingyun", "phone": "1", "version": "1"}).status_code == 303
    for version in ("1", "²", ""):
        stale = pam.post(address, {"name": "Qingyun", "phone": "2", "version": version})
        assert stale.status_code == 409
        assert 'name="version" value="2"' in stale.content.decode()
        assert "compare and save again" in stale.content.decode()
    assert bob.post(address, {"name": "Other", "version": "2"}).status_code == 403
    with tenant_context(world.tenant.pk):
        assert Contact.objects.values_list("name", "phone").get() == ("Qingyun", "1")
    api = address.replace("/stakeholders/", "/api/v1/contacts/")
    assert pam.patch(api, {"phone": "2", "version": 1}, content_type="application/json").status_code == 409
    assert pam.patch(api, {"phone": "2", "version": 2}, content_type="application/json").json()["version"] == 3


def test_stakeholders(in_tenant: SimpleNamespace) -> None:
    """Once per project, inside or outside, scales from 1 to 5, stale edits refused."""
    w = in_tenant
    part = actions.add_stakeholder(w.project, by=w.pam, user=w.sam, part="Works council", influence=5, interest=4)
    for wrong in ({"user": w.sam}, {"user": w.mallory}, {}, {"user": w.bob, "contact": Contact(name="x")}):
        with pytest.raises(Invalid) as refusal:
            actions.add_stakeholder(w.project, by=w.pam, part="Again", **wrong)
        assert "who" in refusal.value.detail["fields"]
    with pytest.raises(Invalid) as refusal:
        actions.add_stakeholder(w.project, by=w.pam, user=w.bob, part=" ", influence=6, interest=0)
    assert set(refusal.value.detail["fields"]) == {"part", "influence", "interest"}
    actions.edit_stakeholder(part, version=1, by=w.pam, part="Council", influence=5, interest=5)
    with pytest.raises(Conflict) as conflict:
        actions.edit_stakeholder(part, version=1, by=w.bob, part="Board", influence=5, interest=5)
    assert conflict.value.detail["differences"] == {"part": ("Board", "Council")}


@pytest.fixture
def people(in_tenant: SimpleNamespace) -> SimpleNamespace:
    """Alice, Bob, Dave (auditor) and a supplier on the project's list."""
    w = in_tenant
    supplier = actions.create_contact(by=w.pam, name="Supplier")
    w.p_alice = actions.add_stakeholder(w.project, by=w.pam, user=w.alice, part="Owner", influence=5)
    w.p_bob = actions.add_stakeholder(w.project, by=w.pam, user=w.bob, part="Builder", influence=4)
    w.p_dave = actions.add_stakeholder(w.project, by=w.pam, user=w.dave, part="Audit", influence=3)
    w.p_supplier = actions.add_stakeholder(w.project, by=w.pam, contact=supplier, part="Supplier", influence=2)
    return w


def test_one_accountable_person_per_dimension(people: SimpleNamespace) -> None:
    """The second A is refused with the name of the first; it can move after the first is taken away."""
    w = people
    actions.set_responsibility(w.p_alice, "D5", "A", by=w.pam)
    with pytest.raises(Conflict, match="Alice is accountable for D5"):
        actions.set_responsibility(w.p_bob, "D5", "AR", by=w.pam)
    assert Responsibility.objects.count() == 1
    actions.set_responsibility(w.p_alice, "D5", "C", by=w.pam)
    actions.set_responsibility(w.p_bob, "D5", "AR", by=w.pam)
    assert sorted(Responsibility.objects.values_list("stakeholder__part", "raci")) == [("Builder", "A"), ("Builder", "R"), ("Owner", "C")]
    with pytest.raises(IntegrityError), transaction.atomic():
        Responsibility.objects.create(project=w.project, stakeholder=w.p_alice, dimension="D5", raci="A")


@pytest.mark.parametrize(("dimension", "letters"), [("D11", "A"), ("D1", "X"), ("D1", "AC"), ("D1", "RACI")])
def test_only_what_a_cell_can_hold(people: SimpleNamespace, dimension: str, letters: str) -> None:
    """Ten dimensions; one letter, or A and R."""
    with pytest.raises(Invalid):
        actions.set_responsibility(people.p_alice, dimension, letters, by=people.pam)


def test_gaps_and_clashes(people: SimpleNamespace) -> None:
    """Dimensions without anybody accountable; auditors at work; people without account; workers who alone could approve."""
    w = people
    for number in range(1, 10):
        actions.set_responsibility(w.p_alice, f"D{number}", "A", by=w.pam)
    actions.set_responsibility(w.p_bob, "D3", "R", by=w.pam)
    actions.set_responsibility(w.p_dave, "D7", "R", by=w.pam)
    actions.set_responsibility(w.p_supplier, "D10", "A", by=w.pam)
    matrix = matrix_of(w.project)
    assert matrix.gaps == []
    texts = [(clash["tone"], clash["text"]) for clash in matrix.clashes]
    assert texts[0] == ("fail", "Dave is an auditor and cannot be responsible or accountable for D7.")
    assert any("Supplier is accountable for D10 but has no account" in text for _tone, text in texts)
    assert any(text.startswith("Bob works on D3 and alone is Technical lead") for _tone, text in texts)
    actions.set_responsibility(w.p_supplier, "D10", "", by=w.pam)
    assert matrix_of(w.project).gaps == ["D10"]
    assert matrix_of(w.project).rows[0]["missing"] == ["R"]


def test_two_people_claim_accountability_at_once(live_db: None) -> None:
    """Of two threads that start together one wins, the other is told who did."""
    world = cast.build_world()
    with tenant_context(world.tenant.pk):
        parts = [actions.add_stakeholder(world.project, by=world.pam, user=user, part="x") for user in (world.alice, world.bob)]
    start = Barrier(2)

    def claim(part: Stakeholder) -> str:
        try:
            start.wait()
            with tenant_context(world.tenant.pk, world.pam.pk):
                actions.set_responsibility(Stakeholder.objects.get(pk=part.pk), "D1", "A", by=world.pam)
            return "won"
        except Conflict as conflict:
            return conflict.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(claim, parts)) == ["one_accountable", "won"]


def test_two_people_on_one_cell_leave_one_value(live_db: None) -> None:
    """Consulted by one, responsible by the other, at the same moment: one of them stands, never both."""
    world = cast.build_world()
    with tenant_context(world.tenant.pk):
        part = actions.add_stakeholder(world.project, by=world.pam, user=world.bob, part="x")
    for dimension in ("D1", "D2", "D3", "D4"):
        start = Barrier(2)

        def put(letter: str, dimension: str = dimension, start: Barrier = start) -> None:
            try:
                start.wait()
                with tenant_context(world.tenant.pk, world.pam.pk):
                    actions.set_responsibility(Stakeholder.objects.get(pk=part.pk), dimension, letter, by=world.pam)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(put, "CR"))
        with tenant_context(world.tenant.pk):
            assert Responsibility.objects.filter(dimension=dimension).count() == 1


def test_the_export_tolerates_a_cell_it_does_not_know(world: Any, signed_in: Any) -> None:
    with tenant_context(world.tenant.pk):
        part = actions.add_stakeholder(world.project, by=world.pam, user=world.bob, part="x")
        for letter in "CR":
            Responsibility.objects.create(project=world.project, stakeholder=part, dimension="D1", raci=letter)
    answer = signed_in(world.pam).get(f"/t/xinghe/projects/{world.project.pk}/responsibilities/export/csv/")
    assert answer.status_code == 200
    assert b"CR" in answer.content


def test_a_version_that_is_no_number_is_an_old_one(world: Any, signed_in: Any) -> None:
    with tenant_context(world.tenant.pk):
        part = actions.add_stakeholder(world.project, by=world.pam, user=world.bob, part="Builder")
    address = f"/t/xinghe/projects/{world.project.pk}/stakeholders/{part.pk}/"
    answer = signed_in(world.pam).post(address, {"part": "Lead", "influence": "3", "interest": "3", "version": "²"})
    assert answer.status_code == 409
    assert "Builder" in answer.content.decode()


def test_pages(world: Any, signed_in: Any) -> None:
    """Directory, list, picture, matrix with and without JavaScript, export; rights; constant statements."""
    pam, bob = signed_in(world.pam), signed_in(world.bob)
    base = f"/t/xinghe/projects/{world.project.pk}"
    assert "No contact yet" in pam.get("/t/xinghe/stakeholders/").content.decode()
    assert pam.post("/t/xinghe/stakeholders/new/", {"name": "Works council", "email": "x"}).status_code == 422
    assert pam.post("/t/xinghe/stakeholders/new/", {"name": "Works council"}).status_code == 303
    assert bob.get("/t/xinghe/stakeholders/new/").status_code == 403
    add = {"part": "Supplier", "influence": "4", "interest": "2"}
    assert pam.post(base + "/stakeholders/add/", {**add, "who": "new", "name": ""}).status_code == 422
    assert pam.post(base + "/stakeholders/add/", {**add, "who": "new", "name": "Qingyun"}).status_code == 303
    assert bob.post(base + "/stakeholders/add/", {**add, "who": f"user-{world.bob.pk}"}).status_code == 403
    with statements() as few:
        matrix = pam.get(base + "/responsibilities/")
    assert pam.post(base + "/stakeholders/add/", {**add, "who": f"user-{world.alice.pk}"}).status_code == 303
    assert pam.post(base + "/stakeholders/add/", {**add, "who": f"user-{world.bob.pk}"}).status_code == 303
    with statements() as many:
        matrix = pam.get(base + "/responsibilities/")
    assert len(few) == len(many)
    assert "10 dimensions without anybody accountable" in matrix.content.decode()
    with tenant_context(world.tenant.pk):
        first, second = Stakeholder.objects.filter(user__isnull=False).order_by("user__name")
    # One cell by htmx, a second A refused in place, all cells by the plain form.
    cell = f"{base}/responsibilities/{first.pk}/D1/"
    part = pam.post(cell, {f"cell-{first.pk}-D1": "A"}, headers={"HX-Request": "true"})
    assert (part.status_code, part.content.decode().lstrip()[:14]) == (200, '<div id="raci"')
    refused = pam.post(f"{base}/responsibilities/{second.pk}/D1/", {f"cell-{second.pk}-D1": "A"}, headers={"HX-Request": "true"})
    assert refused.status_code == 409
    assert "Alice is accountable for D1 already" in refused.content.decode()
    assert pam.post(base + "/responsibilities/save/", {f"cell-{first.pk}-D1": "", f"cell-{second.pk}-D1": "AR"}).status_code == 303
    with tenant_context(world.tenant.pk):
        assert list(Responsibility.objects.order_by("raci").values_list("stakeholder_id", "raci")) == [(second.pk, "A"), (second.pk, "R")]
    assert bob.post(cell, {f"cell-{first.pk}-D1": "I"}).status_code == 403
    assert b"A+R" in pam.get(base + "/responsibilities/export/csv/").content
    assert pam.get(base + "/responsibilities/export/xlsx/").status_code == 200
    assert pam.get(base + "/responsibilities/export/exe/").status_code == 404
    # Change with both values, remove.
    edit = f"{base}/stakeholders/{first.pk}/"
    assert pam.post(edit, {**add, "part": "Owner", "version": "1"}).status_code == 303
    stale = pam.post(edit, {**add, "part": "Boss", "version": "1"})
    assert stale.status_code == 409
    assert "Owner" in stale.content.decode()
    assert pam.post(f"{base}/stakeholders/{first.pk}/remove/").status_code == 303
    # The directory shows only what the reader may see.
    found = pam.get("/t/xinghe/stakeholders/?q=qing").context["rows"]
    assert [(row["name"], row["projects"]) for row in found] == [("Qingyun", 1)]
    contact = f"/t/xinghe/stakeholders/{found[0]['id']}/"
    assert world.project.code in bob.get(contact).content.decode()
    assert pam.post(contact + "delete/").status_code == 303
    assert pam.get(contact).status_code == 200
    assert signed_in(world.mallory).get(contact.replace("xinghe", "rivale")).status_code == 404


def test_api(world: Any, signed_in: Any) -> None:
    """Contacts, stakeholders, responsibilities over JSON."""
    pam, bob = signed_in(world.pam), signed_in(world.bob)
    base = f"/t/xinghe/api/v1/projects/{world.project.pk}/"

    def send(client: Any, method: str, address: str, data: Any) -> Any:
        return getattr(client, method)(address, data, content_type="application/json")

    contact = send(pam, "post", "/t/xinghe/api/v1/contacts/", {"name": "Qingyun"})
    assert contact.status_code == 201
    assert send(bob, "post", "/t/xinghe/api/v1/contacts/", {"name": "Other"}).status_code == 403
    one = send(pam, "post", base + "stakeholders/", {"contact": contact.json()["id"], "part": "Supplier"})
    two = send(pam, "post", base + "stakeholders/", {"user": world.bob.pk, "part": "Builder", "influence": 5})
    assert (one.status_code, two.status_code) == (201, 201)
    assert [row["name"] for row in bob.get(base + "stakeholders/").json()] == ["Bob", "Qingyun"]
    assert send(bob, "post", base + "stakeholders/", {"user": world.sam.pk, "part": "x"}).status_code == 403
    change = f"{base}stakeholders/{two.json()['id']}/"
    assert send(pam, "put", change, {"part": "Lead", "version": 1}).json()["version"] == 2
    assert send(pam, "put", change, {"part": "Boss", "version": 1}).status_code == 409
    accountable = {"stakeholder": two.json()["id"], "dimension": "D6", "letters": "AR"}
    assert send(pam, "put", base + "responsibilities/", accountable).status_code == 200
    assert send(pam, "put", base + "responsibilities/", {**accountable, "stakeholder": one.json()["id"]}).status_code == 409
    assert bob.get(base + "responsibilities/").json() == [accountable]
    assert send(pam, "patch", f"/t/xinghe/api/v1/contacts/{contact.json()['id']}/", {"position": "Sales"}).json()["position"] == "Sales"
    assert pam.delete(f"/t/xinghe/api/v1/contacts/{contact.json()['id']}/").status_code == 409
    assert pam.delete(f"{base}stakeholders/{one.json()['id']}/").status_code == 204
    assert pam.delete(f"/t/xinghe/api/v1/contacts/{contact.json()['id']}/").status_code == 204
