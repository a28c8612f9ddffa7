"""Through the doors of the portal at the same moment: a gate is decided once, and eight threads over four organisations mix nothing up."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from assessments.gates.models import GateRound, Signature
from assessments.gates.rounds import open_round
from assessments.gates.states import RoundState
from portal.audit.models import AuditEvent
from portal.core.tenancy import tenant_context
from portal.notices.models import Notice
from portal.projects.models import Project, ProjectMember
from portal.roles.actions import add_member_with_roles
from portal.tenants.entry import acting_as
from tests.factories import cast
from tests.factories.ready import force_verdicts, start
from tests.factories.threads import at_once

pytestmark = pytest.mark.timeout(180)


class Browser(Client):
    """A client whose connection goes back to the pool after each request, as it does on a server: the next one gets another's."""

    def request(self, **request: Any) -> Any:
        try:
            return super().request(**request)
        finally:
            if not connection.in_atomic_block:
                connection.close()


def client_of(user: Any) -> Client:
    client = Browser()
    client.force_login(user)
    return client


# ------------------------------------------------------------------------------------------------------------------ a gate


@pytest.fixture
def gate(live_db: None) -> SimpleNamespace:
    """Alice's project, everything passed, with three people who sign G1: Pam, Sam and Bob."""
    world = cast.build_world()
    with acting_as(world.tenant, world.alice):
        force_verdicts(start(world.project))
        Project.objects.filter(pk=world.project.pk).update(stage="assessment")
        ProjectMember.objects.filter(project=world.project, role_key="business_owner").update(user=world.sam)
        ProjectMember.objects.filter(project=world.project, role_key="security").delete()
        world.project.refresh_from_db()
    return world


def _open(world: SimpleNamespace) -> GateRound:
    with acting_as(world.tenant, world.pam) as pam:
        return open_round(world.project, "G1", by=pam)


def _sign(world: SimpleNamespace, row: GateRound, user: Any, role: str, outcome: str = "submit") -> Any:
    """Pressing the button: the whole request, from the session to the answer; gives its status."""
    client = client_of(user)
    url = reverse("assessments:gate_sign", kwargs={"tenant_slug": "xinghe", "project_id": world.project.pk, "gate": "G1"})
    with tenant_context(world.tenant.pk):
        sha256 = row.revision.sha256
    form = {
        "role": role,
        "outcome": outcome,
        "remark": "seen" if outcome == "return" else "",
        "revision_sha256": sha256,
        "conditions-TOTAL_FORMS": "0",
        "conditions-INITIAL_FORMS": "0",
    }
    return lambda: client.post(url, form).status_code


def _acts(world: SimpleNamespace, verb: str) -> int:
    return AuditEvent.objects.filter(kind="act", verb=verb, project_id=world.project.pk).count()


def test_all_approvers_of_a_gate_at_once_decide_it_once(gate: SimpleNamespace) -> None:
    """Each sees the others' signatures or not, but one of them is the last: the gate is decided, and decided once."""
    row = _open(gate)
    signers = [(gate.pam, "pmo"), (gate.sam, "business_owner"), (gate.bob, "tech_lead")]
    assert at_once(*[_sign(gate, row, user, role) for user, role in signers]) == [303, 303, 303]
    with tenant_context(gate.tenant.pk):
        again = GateRound.objects.get(pk=row.pk)
        assert (again.state, again.outcome) == (RoundState.APPROVED, "submit")
        assert Signature.objects.filter(round=row).count() == 3
        assert _acts(gate, "assessments.gate.decided") == 1
        assert Project.objects.get(pk=gate.project.pk).stage == "approval"
        told = Notice.objects.filter(kind="assessments.gate_decided").values_list("user_id", flat=True)
        assert len(told) == len(set(told)) > 0


def test_one_returns_while_another_approves(gate: SimpleNamespace) -> None:
    """A return ends the round. Whoever comes second is told so, or has signed before it ended; nothing is decided twice."""
    row = _open(gate)
    statuses = at_once(_sign(gate, row, gate.pam, "pmo", "return"), _sign(gate, row, gate.bob, "tech_lead"))
    assert statuses[0] == 303
    assert statuses[1] in (303, 404, 409)
    with tenant_context(gate.tenant.pk):
        assert GateRound.objects.get(pk=row.pk).state == RoundState.RETURNED
        assert _acts(gate, "assessments.gate.decided") == 1
        assert Project.objects.get(pk=gate.project.pk).stage == "assessment"
        assert Signature.objects.filter(round=row).count() == (2 if statuses[1] == 303 else 1)


def test_a_double_click_is_one_signature(gate: SimpleNamespace) -> None:
    row = _open(gate)
    statuses = at_once(*[_sign(gate, row, gate.bob, "tech_lead") for _press in range(3)])
    assert sorted(statuses) == [303, 409, 409]
    with tenant_context(gate.tenant.pk):
        assert Signature.objects.filter(round=row).count() == 1
        assert GateRound.objects.get(pk=row.pk).state == RoundState.OPEN


def test_a_round_opened_twice_at_once_is_one_round(gate: SimpleNamespace) -> None:
    url = reverse("assessments:gate_open", kwargs={"tenant_slug": "xinghe", "project_id": gate.project.pk, "gate": "G1"})
    clients = [client_of(gate.pam) for _press in range(3)]
    statuses = at_once(*[lambda client=client: client.post(url, {}).status_code for client in clients])  # type: ignore[misc]
    assert sorted(statuses) == [303, 409, 409]
    with tenant_context(gate.tenant.pk):
        assert GateRound.objects.filter(project=gate.project, gate="G1").count() == 1
        assert _acts(gate, "assessments.gate.opened") == 1


# ---------------------------------------------------------------------------------------------- eight threads, four tenants

LETTERS = "ABCD"
ROUNDS = 6


def _organisation(letter: str) -> SimpleNamespace:
    """One of four organisations of the same build; every text of it carries a word that no other has."""
    word = f"only{letter}{letter}word"
    tenant = cast.make_tenant(f"org-{letter.lower()}", f"单位{word}", f"Organisation {word}", code_prefix=f"{letter}{letter}")
    user = cast.make_user(f"chief-{letter.lower()}", f"Chief {word}")
    with tenant_context(tenant.pk, user.pk):
        add_member_with_roles(tenant, user, ["administrator", "pmo", "compliance_officer"])
        projects = [
            cast.make_project(user, f"{letter}{letter}-{n}", name_zh=f"项目{word}{n}", name_en=f"Project {word} {n}") for n in (1, 2)
        ]
        for project in projects:
            start(project)
    return SimpleNamespace(tenant=tenant, user=user, projects=projects, word=word)


def test_eight_threads_over_four_organisations_see_and_change_only_their_own(live_db: None) -> None:
    """Pages, API, search, changes and foreign addresses, in a different order on each thread; connections are shared by all."""
    organisations = [_organisation(letter) for letter in LETTERS]
    words = {one.word for one in organisations}
    changed: list[int] = []

    def visit(own: SimpleNamespace, seed: int) -> Any:
        client, chance = client_of(own.user), random.Random(seed)
        slug = {"tenant_slug": own.tenant.slug}
        foreign = [one for one in organisations if one is not own]

        def reading() -> None:
            project = chance.choice(own.projects)
            on = {**slug, "project_id": project.pk}
            for name, arguments in chance.sample(
                [
                    ("portal:portfolio", slug),
                    ("portal:project", on),
                    ("portal:api_projects", slug),
                    ("assessments:checklist", on),
                    ("compliance:filings", slug),
                    ("portal:audit_log", slug),
                    ("portal:people", slug),
                ],
                4,
            ):
                answer = client.get(reverse(name, kwargs=arguments))
                text = answer.content.decode()
                assert answer.status_code == 200, (name, answer.status_code)
                assert own.word in text, name
                assert {word for word in words if word in text} == {own.word}, name

        def searching() -> None:
            other = chance.choice(foreign)
            answer = client.get(reverse("portal:portfolio", kwargs=slug), {"q": other.word})
            assert answer.status_code == 200
            assert f"Project {other.word}" not in answer.content.decode()

        def trespassing() -> None:
            other = chance.choice(foreign)
            theirs = other.projects[0].pk
            for where in (own.tenant.slug, other.tenant.slug):
                answer = client.get(reverse("portal:project", kwargs={"tenant_slug": where, "project_id": theirs}))
                assert answer.status_code == 404
                assert other.word not in answer.content.decode()

        def changing() -> None:
            project = chance.choice(own.projects)
            url = reverse("portal:api_project", kwargs={**slug, "project_id": project.pk})
            change = {"version": client.get(url).json()["version"], "purpose": f"{own.word} {chance.random()}"}
            answer = client.patch(url, change, content_type="application/json")
            assert answer.status_code in (200, 409), answer.content
            changed.append(answer.status_code)
            theirs = reverse("portal:api_project", kwargs={**slug, "project_id": chance.choice(foreign).projects[0].pk})
            assert client.patch(theirs, change, content_type="application/json").status_code == 404

        def work() -> int:
            for _round in range(ROUNDS):
                for act in chance.sample([reading, searching, trespassing, changing], 4):
                    act()
                with connection.cursor() as cursor:
                    # What the pool hands on remembers nobody.
                    cursor.execute("select app.tenant_id(), app.user_id()")
                    assert cursor.fetchone() == (None, None)
                connection.close()
            return ROUNDS

        return work

    done = at_once(*[visit(one, seed) for seed, one in enumerate(organisations + organisations)])
    assert done == [ROUNDS] * 8
    assert changed.count(200) >= ROUNDS
    for one in organisations:
        with tenant_context(one.tenant.pk):
            strangers = AuditEvent.objects.exclude(user_id=one.user.pk).exclude(user_id=None).count()
            assert strangers == 0
            assert Project.objects.count() == 2
            for other in words - {one.word}:
                assert not AuditEvent.objects.filter(changes__icontains=other).exists()
