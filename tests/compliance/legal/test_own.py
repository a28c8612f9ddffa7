"""Regimes of an organisation's own: faults with their lines, hostile files refused, versions kept, part of everything, nobody else's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from compliance.filings import nightly
from compliance.filings.models import Filing
from compliance.legal.actions import check_regime, retire_regime, save_regime
from compliance.legal.models import OwnRegime
from compliance.legal.own import LARGEST
from portal.catalogue import catalogue
from portal.catalogue.installed import shipped
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.core.tenancy import tenant_context
from portal.tenants.entry import acting_as
from tests.factories.facts import LIGHT_FACTS
from tests.factories.ready import start

ID = "own_board_notice"
TEXT = """# Notice to our board
regime: {zh: 本单位规定, en: House rules}
as_of: '2026-11-01'
entries:
- id: own_board_notice
  kind: notice
  name: {zh: 董事会告知, en: Notice to the board}
  jurisdiction: [CN]
  authority: {zh: 董事会, en: Board, level: [], portal: null}
  status: in_force
  legal_basis:
  - instrument: {zh: 公司章程, en: Articles of association}
    article: '12'
    in_force: '2020-01-01'
    confidence: H
  applies_when: "'CN' in markets and personal_data == 'none'"
  facts: [markets, personal_data]
  gate: before_launch
  clocks: []
  documents:
  - {id: memo, zh: 备忘录, en: Memo, required: true, note: null}
  identifier: null
  validity: null
  recurring: []
  consequences: {zh: 内部问责, en: Internal accountability}
  depends_on: []
  related: []
  replaces: []
  superseded_by: []
  effective_from: null
  effective_to: null
  confidence: H
  sources: []
  note: null
  review: null
"""


@pytest.fixture
def house(world: SimpleNamespace) -> SimpleNamespace:
    """A light project, and ``world.save`` for a version of the file by the compliance officer."""
    with acting_as(world.tenant, world.alice):
        start(world.project, LIGHT_FACTS)

    def save(text: str = TEXT, name: str = "own_house.yaml", seen: int = 0) -> OwnRegime:
        with acting_as(world.tenant, world.carol) as carol:
            return save_regime(name, text, seen=seen, note="agreed", by=carol)

    world.save = save
    return world


def evaluate(world: SimpleNamespace) -> Filing | None:
    with tenant_context(world.tenant.pk):
        for pk in nightly.behind([world.project.pk]):
            nightly.catch_up(pk)
        return Filing.objects.filter(project=world.project, regime=ID).first()


def test_an_own_regime_takes_part_everywhere_and_reaches_nobody_else(house: SimpleNamespace, client: Client) -> None:
    assert ID not in catalogue().filings
    house.save()
    with tenant_context(house.tenant.pk):
        mine = catalogue()
        assert mine.filings[ID].name.en == "Notice to the board"
        assert set(mine.filings) - set(shipped().filings) == {ID}
        assert catalogue() is mine, "built once"
    with tenant_context(house.other.pk):
        assert ID not in catalogue().filings
    assert catalogue() is shipped()
    assert ID not in shipped().filings
    row = evaluate(house)
    assert row is not None
    assert (row.result, row.catalogue_version) == ("required", f"{shipped().version}+1")
    client.force_login(house.carol)
    given = {"tenant_slug": house.tenant.slug, "project_id": house.project.pk}
    page = client.get(reverse("compliance:filing", kwargs={**given, "regime": ID}))
    assert page.status_code == 200
    assert "Articles of association" in page.content.decode()
    assert "Notice to the board" in client.get(reverse("compliance:filings", kwargs={"tenant_slug": house.tenant.slug})).content.decode()
    assert client.get(reverse("assessments:gate", kwargs={**given, "gate": "G4"})).status_code == 200


def test_versions_are_kept_and_what_is_left_out_or_retired_applies_to_nothing(house: SimpleNamespace) -> None:
    first = house.save()
    evaluate(house)
    with pytest.raises(Conflict, match="version 1"):
        house.save(TEXT.replace("Memo", "Letter"))
    with pytest.raises(Conflict, match="in use"):
        house.save(seen=1)
    house.save(TEXT.replace("personal_data == 'none'", "personal_data == 'sensitive'"), seen=1)
    row = evaluate(house)
    assert row is not None
    assert (row.result, row.catalogue_version) == ("not_applicable", f"{shipped().version}+2")
    with tenant_context(house.tenant.pk):
        assert OwnRegime.objects.get(pk=first.pk).content == TEXT, "a version never changes"
    house.save(TEXT, seen=2)
    assert evaluate(house).result == "required"
    with acting_as(house.tenant, house.carol) as carol:
        retire_regime("own_house", seen=3, note="", by=carol)
    row = evaluate(house)
    assert row.result == "not_applicable"
    with tenant_context(house.tenant.pk):
        assert catalogue().filings[ID].name.en == "Notice to the board", "records stay readable"
    house.save(TEXT, seen=4)
    assert evaluate(house).result == "required"


def _line(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


@pytest.mark.parametrize(
    ("old", "new", "words", "said"),
    [
        ("personal_data == 'none'", "personal_dada == 'none'", "applies_when", "personal_dada"),
        ("personal_data == 'none'", "personal_data == 'nothing'", "applies_when", "no value 'nothing'"),
        ("gate: before_launch", "gate: sometime", "gate:", "sometime"),
        ("kind: notice", "kind: 3", "kind:", "kind"),
        ("  status: in_force\n", "", "- id: own_board_notice", "status is missing"),
        ("required: true", "required: maybe", "id: memo", "required must be true or false"),
        ("- id: own_board_notice", "- id: gdpr_dpia", "- id: gdpr_dpia", "own_"),
        ("note: null\n  review", "notte: null\n  review", "notte", "unknown key notte"),
        ("'CN' in markets and", "'CN' in markets nad", "applies_when", "applies_when"),
        ("identifier: null", "identifier: {pattern: '(a+)+$', strict: false}", "pattern", "pattern"),
        ("depends_on: []", "depends_on: [no_such]", "depends_on", "no_such"),
        ("jurisdiction: [CN]", "jurisdiction: [XX]", "jurisdiction", "XX"),
    ],
)  # fmt: skip
def test_each_fault_has_its_line(in_tenant: SimpleNamespace, old: str, new: str, words: str, said: str) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    faults = check_regime("own_house", text).faults
    assert faults
    assert any(said in one.text and one.line == _line(text, words) for one in faults), faults


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &a [x, x]\nb: [*a, *a]", "Anchors"),
        ("!!python/object/apply:os.system ['true']", "Tags"),
        ("regime: [", "YAML"),
        ("a: 1\na: 2", "stands twice"),
        ("x: 1\n---\ny: 2", "more than one document"),
        ("[" * 40 + "]" * 40, "nested"),
        ("x: " + "a" * LARGEST, "larger"),
        ("- 1", "mapping"),
        ("regime: {zh: 规, en: r}\nentries: []", "entries"),
        ("regime: {zh: 规, en: r}\nentries: [1]", "mapping"),
        ("\x00", "YAML"),
    ],
)
def test_hostile_files_are_refused(in_tenant: SimpleNamespace, text: str, said: str) -> None:
    faults = check_regime("own_x", text).faults
    assert faults
    assert said in f"{faults[0].text} {faults[0].detail}"


def test_names_and_rights(house: SimpleNamespace) -> None:
    with pytest.raises(Invalid):
        house.save(name="cn-ai.yaml")
    with acting_as(house.tenant, house.alice) as alice, pytest.raises(NotAllowed):
        save_regime("own_house", TEXT, seen=0, note="", by=alice)
    house.save()
    with tenant_context(house.tenant.pk):
        assert [one.line for one in check_regime("own_second", TEXT).faults] == [_line(TEXT, "- id: own_board")], "an id is used once"


def test_the_page_checks_shows_and_saves(house: SimpleNamespace, client: Client) -> None:
    client.force_login(house.adam)
    url = reverse("compliance:own_regimes", kwargs={"tenant_slug": house.tenant.slug})
    assert client.get(url).status_code == 200
    wrong: dict[str, Any] = {"name": "own_house", "text": TEXT.replace("gate: before_launch", "gate: sometime"), "seen": "0"}
    page = client.post(url, wrong)
    assert page.status_code == 422
    assert "Line 18" in page.content.decode()
    assert "gate: sometime" in page.content.decode(), "nothing is lost"
    page = client.post(url, {**wrong, "text": TEXT})
    assert (page.status_code, OwnRegime._base_manager.count()) == (200, 0)
    assert "Notice to the board" in page.content.decode()
    assert client.post(url, {**wrong, "text": TEXT, "save": "1"}).status_code in (302, 303)
    assert client.get(f"{url}?key=own_house").status_code == 200
    assert client.post(
        reverse("compliance:own_retire", kwargs={"tenant_slug": house.tenant.slug, "entry": "own_house"}), {"seen": "1"}
    ).status_code in (302, 303)
    with tenant_context(house.tenant.pk):
        assert list(OwnRegime.objects.order_by("number").values_list("number", "retired")) == [(1, False), (2, True)]
    client.force_login(house.alice)
    assert client.get(url).status_code == 403
