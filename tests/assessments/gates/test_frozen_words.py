"""What stands in a frozen record because somebody wrote or typed it: the decision asked, figures and where they come from."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from assessments.calculators.bindings import CalculatorBinding
from assessments.calculators.gather import gather_inputs
from assessments.checklists.actions.numbers import enter_values
from assessments.gates.content import problems
from assessments.gates.forms import OpenForm
from assessments.gates.models import GateRound
from assessments.gates.rounds import open_round
from portal.catalogue import catalogue, environment
from portal.tenants.entry import acting_as
from tests.factories.ready import force_verdicts, start

IMPORTED = [
    (calculator, one) for calculator in catalogue().calculators.values() for one in calculator.inputs.values() if one.source == "import"
]


@pytest.fixture
def ready(world):
    with acting_as(world.tenant, world.alice):
        world.assessment = start(world.project)
        force_verdicts(world.assessment)
    return world


WORDS = "Admit it,\nwith a pilot in two shops."


@pytest.mark.parametrize(("asked", "frozen"), [("", ""), (f"  {WORDS} ", WORDS), ("x" * 600, "x" * 500)])
def test_what_is_asked_is_frozen(ready, asked, frozen):
    with acting_as(ready.tenant, ready.pam) as pam:
        row = open_round(ready.project, "G0", by=pam, asked=asked)
        assert row.revision.content["gate"]["asked"] == frozen
        assert problems(row.revision.content) == []


def test_the_page_asks_for_it_and_refuses_too_much(ready):
    client = Client()
    client.force_login(ready.pam, backend="django.contrib.auth.backends.ModelBackend")
    keys = {"tenant_slug": ready.tenant.slug, "project_id": ready.project.pk, "gate": "G0"}
    text = client.get(reverse("assessments:gate", kwargs=keys)).content.decode()
    assert 'name="asked"' in text
    assert not OpenForm({"asked": "x" * 501}).is_valid()
    answer = client.post(reverse("assessments:gate_open", kwargs=keys), {"asked": "Admit it.", "due_on": ""})
    assert answer.status_code in (302, 303)
    with acting_as(ready.tenant, ready.pam):
        assert GateRound.objects.select_related("revision").get(project=ready.project).revision.content["gate"]["asked"] == "Admit it."


@pytest.mark.parametrize(("calculator", "one"), IMPORTED, ids=lambda given: getattr(given, "id", ""))
def test_a_typed_figure_is_not_called_imported(calculator, one):
    env = environment(catalogue(), {})
    value = {"yes/no": "yes", "true/false": "true"}.get(one.unit, "5")
    found = gather_inputs(calculator, {}, env, {}, {one.id: value}, CalculatorBinding()).inputs[one.id]
    assert found.origin == "entered"
    assert "import" not in found.note["en"]
    asked = gather_inputs(calculator, {}, env, {}, {}, CalculatorBinding()).inputs[one.id]
    assert "import a" not in asked.note["en"]


def test_the_record_says_where_figures_come_from(world):
    with acting_as(world.tenant, world.alice) as alice:
        world.assessment = start(world.project)
        enter_values(world.project, "C-D3-RETUNE", values={"growth_pct": "12", "quality_drop": "3"}, version=0, by=alice)
        force_verdicts(world.assessment)
    with acting_as(world.tenant, world.pam) as pam:
        row = open_round(world.project, "G0", by=pam)
    (run,) = [one for one in row.revision.content["calculators"] if one["id"] == "C-D3-RETUNE"]
    sources = {one["id"]: one["source"] for one in run["inputs"]}
    assert (sources["growth_pct"], sources["quality_drop"]) == ("entered", "entered")
    assert all(sources.values())
    assert not any(source.startswith("missing:") for source in sources.values())
