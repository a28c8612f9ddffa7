# ruff: noqa: E501 - the table of faults reads best with one line for each
"""The loader: the installed version is sound, and every kind of fault refuses a version with a line that names it."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal.catalogue import CatalogueError, catalogue, installed_versions, latest_version, load_catalogue
from portal.catalogue.installed import DATA
from portal.catalogue.loader import assemble, read_files
from portal.core.expressions import Expression

ROOT = DATA / latest_version()


CONTENT = read_files(ROOT, [])


def mutated(file: str, change: Callable[[Any], None]) -> dict[str, object]:
    """The installed content with one file changed."""
    data = copy.deepcopy(CONTENT[file])
    change(data)
    return {**CONTENT, file: data}


def faults_in(content: dict[str, object]) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        assemble(content)
    return caught.value.faults


def faults_of(root: Path) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(root)
    return caught.value.faults


def item(data: Any, name: str) -> Any:
    return next(one for one in data["items"] if one["id"] == name)


def entry(data: Any, name: str) -> Any:
    return next(one for one in data["entries"] if one["id"] == name)


class TestInstalled:
    def test_counts(self) -> None:
        content = catalogue()
        assert (len(content.asked_facts), len(content.derived_facts)) == (99, 15)
        assert (len(content.filings), len(content.blockers)) == (99, 5)
        assert (len(content.dimensions), len(content.items), len(content.article_points)) == (10, 129, 77)
        assert (len(content.gates), len(content.roles), len(content.segregation)) == (6, 10, 8)
        assert (len(content.calculators), len(content.importers), len(content.report.sections)) == (21, 9, 14)
        assert sum(1 for one in content.items.values() if one.depth == "core") == 47

    def test_loaded_once_and_by_version(self) -> None:
        assert catalogue() is catalogue(latest_version())
        assert latest_version() == installed_versions()[-1] == "2026.11.23"
        with pytest.raises(CatalogueError, match="not installed"):
            catalogue("1999.01.01")

    def test_texts_are_bilingual_and_do_not_change(self) -> None:
        name = catalogue().dimensions["D1"].label
        assert (name["zh"], name.en) == ("业务场景与用户定位", "Scenario and users")
        assert json.loads(json.dumps(name)) == dict(name)
        with pytest.raises(TypeError):
            name["zh"] = "x"

    def test_every_rule_is_parsed(self) -> None:
        content = catalogue()
        assert all(isinstance(rule, Expression) for one in content.items.values() for _, rule in one.rule.in_order())
        assert all(isinstance(one.applies_when, Expression) for one in content.filings.values())

    def test_hash_is_over_the_content_not_the_layout(self, tmp_path: Path) -> None:
        root = tmp_path / "content"
        shutil.copytree(ROOT, root)
        text = (root / "roles.yaml").read_text(encoding="utf-8")
        (root / "roles.yaml").write_text(f"# a comment\n\n{text}", encoding="utf-8")
        assert load_catalogue(root).sha256 == catalogue().sha256

        def rename(data: Any) -> None:
            data["roles"][1]["name"]["en"] = "Owner of the business"

        assert assemble(mutated("roles.yaml", rename)).sha256 != catalogue().sha256


def _first(data: Any, key: str) -> Any:
    return data[key][0]


CASES: list[tuple[str, str, Callable[[Any], None], str]] = [
    ("unknown name in a rule", "checklists.yaml", lambda d: item(d, "D1.01")["rule"].update({"pass": "ghost == 1"}), "D1.01: unknown name ghost"),
    ("unknown function", "checklists.yaml", lambda d: item(d, "D1.01")["rule"].update({"pass": "magic()"}), "function magic is not allowed"),
    ("function of another scope", "blockers.yaml", lambda d: _first(d, "blockers").update(applies_when="evidence()"), "function evidence is not allowed"),
    ("wrong number of arguments", "checklists.yaml", lambda d: item(d, "D1.02")["rule"].update({"pass": "filled('target', 1) == 1"}), "filled takes 1 arguments, not 2"),
    ("syntax", "checklists.yaml", lambda d: item(d, "D1.01")["rule"].update({"fail": "len(answer) <"}), "D1.01: rule: fail: syntax"),
    ("unknown item", "checklists.yaml", lambda d: item(d, "D7.09").update(visible_if="item('D99.01') == 'core'"), "D7.09: unknown item D99.01"),
    ("unknown column", "checklists.yaml", lambda d: item(d, "D1.02")["rule"].update({"pass": "filled('goal') == 1"}), "the item has no column goal"),
    ("unknown value of a column", "checklists.yaml", lambda d: item(d, "D5.10")["rule"].update({"fail": "count('result','bad') > 0"}), "column result has no value bad"),
    ("unknown option", "checklists.yaml", lambda d: item(d, "D1.04")["rule"].update({"pass": "answer == 'lots'"}), "answer has no value 'lots'"),
    ("unknown output", "checklists.yaml", lambda d: item(d, "D4.02")["rule"].update({"pass": "calc('C-D4-DQ','beauty') > 1"}), "calculator C-D4-DQ has no output beauty"),
    ("unknown parameter", "checklists.yaml", lambda d: item(d, "D10.03")["rule"].update({"pass": "param('C-D10-BUDGET','x') > 1"}), "has no parameter x"),
    ("unknown role", "checklists.yaml", lambda d: item(d, "D1.01").update(answered_by="wizard"), "D1.01: unknown role wizard"),
    ("one role for both", "checklists.yaml", lambda d: item(d, "D1.01").update(answered_by="pmo"), "the same role answers and approves"),
    ("unknown gate", "checklists.yaml", lambda d: item(d, "D1.01").update(due_gate="G9"), "unknown gate G9"),
    ("unknown framework", "checklists.yaml", lambda d: item(d, "D1.01")["refs"].append("ABC:1"), "unknown framework ABC"),
    ("too deep a blocker", "checklists.yaml", lambda d: item(d, "D1.01").update(depth="full"), "a blocker or non-waivable item must be core"),
    ("too few core items", "checklists.yaml", lambda d: item(d, "D6.02").update(depth="standard", blocker=False), "D6: only 2 core items are always visible"),
    ("needs a deeper item", "checklists.yaml", lambda d: item(d, "D1.03").update(depth="core"), "D1.03: needs D1.04, which is deeper"),
    ("misspelt key", "checklists.yaml", lambda d: item(d, "D1.01").update(waiveable=True), "D1.01: unknown key waiveable"),
    ("id twice", "checklists.yaml", lambda d: item(d, "D1.02").update(id="D1.01"), "D1.01: id used twice"),
    ("option twice", "checklists.yaml", lambda d: item(d, "D1.04")["options"].append({"value": "some", "zh": "中", "en": "x"}), "some: value used twice"),
    ("missing translation", "checklists.yaml", lambda d: item(d, "D1.01")["question"].pop("zh"), "D1.01: question: no zh text"),
    ("empty translation", "gates.yaml", lambda d: _first(d, "gates")["name"].update(en=" "), "G0: name: no en text"),
    ("Chinese without Chinese", "roles.yaml", lambda d: _first(d, "roles")["signs"].update(zh="nothing"), "pmo: signs: the zh text holds no Chinese"),
    ("unknown fact type", "facts.yaml", lambda d: _first(d, "facts").update(type="maybe"), "entity_type: type maybe is not in the vocabulary"),
    ("fact without default", "facts.yaml", lambda d: _first(d, "facts").pop("default"), "entity_type: no default"),
    ("fact value that a rule names", "facts.yaml", lambda d: _first(d, "facts")["values"].pop(1), "entity_type has no value 'public_body'"),
    ("derived fact before its source", "facts.yaml", lambda d: next(f for f in d["facts"] if f["id"] == "serves_mainland_china").update(derived="public_facing == 'yes'"), "serves_mainland_china: unknown name public_facing"),
    ("number against text", "filings/cn-network.yaml", lambda d: entry(d, "mlps_testing").update(applies_when="hosted_in_mainland == 'yes' and mlps_level == '3'"), "a number is compared with a text"),
    ("order of texts", "filings/cn-network.yaml", lambda d: entry(d, "mlps_testing").update(applies_when="hosted_in_mainland == 'yes' and personal_data > 'none' and mlps_level > 2"), "'>' needs numbers or dates"),
    ("bare yes/no fact", "filings/cn-network.yaml", lambda d: entry(d, "cii_annual_assessment").update(applies_when="cii_operator"), "gives a text, not true or false"),
    ("presumption below not", "filings/cn-network.yaml", lambda d: entry(d, "cii_annual_assessment").update(applies_when="not (cii_operator != 'no')"), "stands below a not"),
    ("facts list differs", "filings/cn-network.yaml", lambda d: entry(d, "cii_annual_assessment")["facts"].append("mlps_level"), "the list of facts differs from the rule: mlps_level"),
    ("unknown filing kind", "filings/cn-network.yaml", lambda d: entry(d, "icp_filing").update(kind="ritual"), "kind ritual is not in the vocabulary"),
    ("unknown clock unit", "filings/cn-ai.yaml", lambda d: entry(d, "genai_service_filing")["clocks"][0].update(unit="moon"), "clock: unit moon"),
    ("unknown dependency", "filings/cn-ai.yaml", lambda d: entry(d, "genai_service_filing")["depends_on"].append("dream"), "unknown filing in depends_on dream"),
    ("unknown source", "filings/cn-ai.yaml", lambda d: entry(d, "genai_service_filing")["sources"].append("CN:S999"), "unknown source CN:S999"),
    ("sample that does not match", "filings/cn-ai.yaml", lambda d: entry(d, "genai_service_filing")["identifier"]["samples"][0].update(value="nothing"), "the sample nothing does not match"),
    ("filing without effect on the tier", "tiers.yaml", lambda d: d["filing_effects"]["raises_to_full"].remove("icp_license"), "icp_license: no effect on the tier is stated"),
    ("filing with two effects", "tiers.yaml", lambda d: d["filing_effects"]["raises_to_standard"].append("icp_license"), "icp_license: the filing stands in two lists"),
    ("tiers out of order", "tiers.yaml", lambda d: d["tiers"].reverse(), "tiers: must be light, standard, full"),
    ("criterion of unknown kind", "gates.yaml", lambda d: d["gates"][0]["criteria"][0].update(kind="vibes"), "G0.1: unknown kind vibes"),
    ("criterion without its key", "gates.yaml", lambda d: d["gates"][0]["criteria"][1].pop("facts"), "G0.2: facts is missing"),
    ("criterion with a strange key", "gates.yaml", lambda d: d["gates"][0]["criteria"][1].update(min=3), "has no min"),
    ("gate names an item that is not core", "gates.yaml", lambda d: d["gates"][0]["criteria"][0]["items"].append("D1.02"), "G0.1: names D1.02, which is not core"),
    ("segregation names an unknown item", "segregation.yaml", lambda d: d["rules"][3]["items"].append("D0.00"), "unknown item D0.00"),
    ("calculator input from nowhere", "calculators.yaml", lambda d: _first(d, "calculators")["inputs"][0].update(source="item:D0.01"), "unknown item as source of mau D0.01"),
    ("calculator step names nothing", "calculators.yaml", lambda d: _first(d, "calculators")["steps"][0].update(expr="ghost * 2"), "step dau: unknown name ghost"),
    ("output that is no step", "calculators.yaml", lambda d: _first(d, "calculators")["outputs"][0].update(id="nobody"), "output nobody is neither a step nor an input"),
    ("day off that is also a working day", "calendar.yaml", lambda d: d["years"][0]["makeup_working_days"].append("2025-01-01"), "2025-01-01 is both"),
    ("function missing", "functions.yaml", lambda d: d["functions"].pop(0), "functions.yaml: len: missing"),
    ("function unknown to the portal", "functions.yaml", lambda d: _first(d, "functions").update(name="magic"), "magic: the portal has no such function"),
    ("another version", "roles.yaml", lambda d: d.update(catalogue_version="2026.11.24"), "catalogue_version 2026.11.24 differs"),
    ("report section out of order", "report.yaml", lambda d: _first(d, "sections").update(order=3), "the order of the sections has gaps or repeats"),
]  # fmt: skip


class TestRefused:
    @pytest.mark.parametrize(("file", "change", "fault"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
    def test_fault(self, file: str, change: Callable[[Any], None], fault: str) -> None:
        faults = faults_in(mutated(file, change))
        assert any(fault in line for line in faults), faults
        assert all(line.count(": ") >= 2 and "\n" not in line for line in faults)

    def test_several_faults_are_all_told(self) -> None:
        def change(data: Any) -> None:
            item(data, "D1.01")["question"].pop("en")
            item(data, "D1.02").pop("weight")
            item(data, "D1.03")["rule"]["pass"] = "answer =="

        faults = faults_in(mutated("checklists.yaml", change))
        assert [line.split(": ")[1] for line in faults] == ["D1.01", "D1.02", "D1.03"]

    def test_missing_and_broken_files(self, tmp_path: Path) -> None:
        root = tmp_path / "content"
        shutil.copytree(ROOT, root)
        (root / "roles.yaml").unlink()
        (root / "gates.yaml").write_text("gates: [", encoding="utf-8")
        (root / "report.yaml").write_bytes(b"\xff\xfe")
        faults = faults_of(root)
        assert any(line == "roles.yaml: -: the file is missing" for line in faults)
        assert any(line.startswith("gates.yaml: -: is no valid YAML") for line in faults)
        assert any(line.startswith("report.yaml: -: cannot be read") for line in faults)
        assert faults_of(tmp_path / "nowhere")

    def test_key_twice_in_a_mapping(self, tmp_path: Path) -> None:
        root = tmp_path / "content"
        shutil.copytree(ROOT, root)
        with (root / "roles.yaml").open("a", encoding="utf-8") as file:
            file.write("\ncatalogue_version: 2026.11.23\n")
        assert "a key stands twice" in faults_of(root)[0]

    def test_no_filings(self, tmp_path: Path) -> None:
        root = tmp_path / "content"
        shutil.copytree(ROOT, root)
        shutil.rmtree(root / "filings")
        assert faults_of(root) == ["filings: -: holds no file"]


def test_installed_copy_is_the_shared_one() -> None:
    """The bundle is a verbatim copy of the content; skipped where the content's own folder is not beside the project."""
    shared = Path(__file__).resolve().parents[4] / "shared" / "catalogue"
    if not shared.is_dir():
        pytest.skip("the folder of the content is not beside the project")
    assert read_files(ROOT, []) == read_files(shared, [])
