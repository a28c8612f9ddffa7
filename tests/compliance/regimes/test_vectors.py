"""The vectors through the engine, and the two commands."""

from __future__ import annotations

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from compliance.catalogue_check import run_vectors
from compliance.catalogue_check.command import check_catalogue
from compliance.catalogue_check.runner import KINDS
from portal.catalogue import catalogue
from portal.catalogue.installed import DATA

VECTORS = Path(__file__).resolve().parents[2] / "data" / "vectors"
SHARED = Path(__file__).resolve().parents[4] / "shared" / "catalogue"
LEAST = {
    "filings_scenarios": 426, "item_verdicts": 540, "visibility": 19, "calculators": 64, "calendar": 17,
    "gates": 47, "tiers": 62, "tier counts": 8, "tier changes": 6, "expressions": 44,
}  # fmt: skip


def test_every_vector_is_right() -> None:
    report = run_vectors(catalogue(), VECTORS)
    assert report.mismatches == []
    assert report.counts == LEAST


def test_vectors_cover_every_item_filing_and_condition() -> None:
    verdicts = _load("item_verdicts")["cases"]
    for item in catalogue().items:
        assert len({one["expected"] for one in verdicts if one["item"] == item}) >= 2, item
    results: dict[str, set[str]] = {}
    for scenario in _load("filings_scenarios")["scenarios"]:
        for filing, result in scenario["expected"].items():
            results.setdefault(filing, set()).add(result)
    for filing in catalogue().filings:
        assert {"required", "not_applicable"} <= results[filing], filing


def test_copy_of_the_vectors_is_the_shared_one() -> None:
    if not SHARED.is_dir():
        pytest.skip("the folder of the content is not beside the project")
    for path in (SHARED / "vectors").glob("*.yaml"):
        assert path.read_bytes() == (VECTORS / path.name).read_bytes()


def _load(name: str) -> Any:
    return yaml.load((VECTORS / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@pytest.fixture
def few(tmp_path: Path) -> Path:
    """One vector of each kind."""
    for prefix, key, _, _ in KINDS:
        path = tmp_path / f"{prefix}.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {"catalogue_version": "2026.11.23"}
        content[key] = _load(prefix)[key][:1]
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return tmp_path


WRONG: list[tuple[str, str, Any, str]] = [
    ("filings_scenarios", "scenarios", lambda v: v["expected"].update(pipia="likely"), "pipia expected likely, got required"),
    ("filings_scenarios", "scenarios", lambda v: v["facts"].update(mood="good"), "unknown fact mood"),
    ("filings_scenarios", "scenarios", lambda v: v["facts"].update(entity_type="club"), "value 'club' is not allowed for entity_type"),
    (
        "filings_scenarios",
        "scenarios",
        lambda v: v.update(expected_complete={"results": ["required"], "ids": []}),
        "the complete list differs",
    ),
    ("item_verdicts", "cases", lambda v: v.update(expected="na"), "verdict expected ('na', '')"),
    ("item_verdicts", "visibility", lambda v: v.update(expected="hidden"), "visibility expected hidden, got visible"),
    ("calculators", "cases", lambda v: v["outputs"].update(dau=1), "dau expected 1, got 6000"),
    ("calculators", "cases", lambda v: v["inputs"].update(moon=1), "unknown input moon"),
    ("calendar", "cases", lambda v: v.update(due="2026-02-13"), "due expected"),
    ("gates", "cases", lambda v: v["expected"].update(band="blocked"), "band expected blocked, got ready"),
    ("tiers", "cases", lambda v: v["expected"].update(tier="full"), "tier expected full, got light"),
    ("tiers", "counts", lambda v: v["expected"].update(applying=1), "applying expected 1, got 40"),
    ("tiers", "changes", lambda v: v["expected"].update(stale=[]), "stale expected [], got ['G1', 'G2']"),
    ("expressions", "cases", lambda v: v.update(expr="1 +"), "value expected False, got error"),
    ("item_verdicts", "cases", lambda v: v.update(item="D0.00"), "the vector cannot be run: KeyError"),
]


@pytest.mark.parametrize(("prefix", "key", "change", "line"), WRONG, ids=[line for *_, line in WRONG])
def test_one_line_for_each_mismatch(few: Path, prefix: str, key: str, change: Any, line: str) -> None:
    path = few / f"{prefix}.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content[key][0])
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    report = run_vectors(catalogue(), few)
    assert len(report.mismatches) == 1
    assert report.mismatches[0].startswith(f"{prefix}.yaml: {content[key][0]['id']}: ")
    assert line in report.mismatches[0]
    assert sum(report.wrong.values()) == 1


def test_strange_folders(tmp_path: Path, few: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run_vectors(catalogue(), empty).mismatches == [f"{empty}: -: no vectors found"]
    (few / "moons.yaml").write_text("cases: [{id: 1}]", encoding="utf-8")
    (few / "tiers2.yaml").write_text("cases: [", encoding="utf-8")
    shutil.copy(few / "gates.yaml", few / "gates_again.yaml")
    lines = run_vectors(catalogue(), few).mismatches
    assert [line.split(": ")[0] for line in lines] == ["tiers2.yaml", "gates_again.yaml", "moons.yaml"]


class TestCheckCommand:
    def run(self, *args: str) -> tuple[int, list[str]]:
        out = io.StringIO()
        try:
            call_command("check_catalogue", *args, stdout=out)
        except SystemExit as stop:
            return int(str(stop.code)), out.getvalue().splitlines()
        return 0, out.getvalue().splitlines()

    def test_right(self) -> None:
        code, lines = self.run("--vectors", str(VECTORS))
        assert code == 0
        assert "filings 99" in lines[0]
        assert lines[-1].strip() == "all: 1233 vectors, 0 mismatches"

    def test_wrong_vector(self, few: Path) -> None:
        path = few / "gates.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("band: ready", "band: blocked"), encoding="utf-8")
        code, lines = self.run("--vectors", str(few))
        assert code == 1
        assert "gates.yaml: G0-a: band expected blocked, got ready" in lines
        assert any(line.strip().startswith("identifiers: ") for line in lines)
        assert "  gates: 0 of 1 right" in lines

    def test_wrong_content(self, tmp_path: Path) -> None:
        root = tmp_path / "content"
        shutil.copytree(DATA / "2026.11.23", root)
        path = root / "roles.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace("- id: pmo", "- id: pmo2"), encoding="utf-8")
        code, lines = self.run("--root", str(root))
        assert code == 1
        assert "checklists.yaml: D1.01: unknown role pmo" in lines
        assert lines[-1] == f"faults: {len(lines) - 1}"

    def test_vectors_beside_the_root_and_none(self, tmp_path: Path, few: Path) -> None:
        said: list[str] = []
        root = tmp_path / "content"
        shutil.copytree(DATA / "2026.11.23", root)
        assert check_catalogue(said.append, root) == 0
        assert said[-1].startswith("vectors: none run")
        shutil.copytree(VECTORS, root / "vectors")
        assert check_catalogue(said.append, root) == 0
        assert said[-1].strip().startswith("all: 1233")


class TestEvaluateCommand:
    def test_json(self, tmp_path: Path) -> None:
        path = tmp_path / "facts.yaml"
        path.write_text("cii_operator: 'yes'\nface_recognition: 'yes'\nface_only_verification: 'yes'\nmarkets: [CN]\n", encoding="utf-8")
        out = io.StringIO()
        call_command("evaluate_facts", str(path), "--json", "--date", "2026-11-23", stdout=out)
        result = json.loads(out.getvalue())
        assert result["tier"]["tier"] == "full"
        assert next(one for one in result["filings"] if one["id"] == "cii_annual_assessment")["result"] == "required"
        assert [one["id"] for one in result["red_findings"] if one["red"]] == ["blk_face_only_verification"]

    def test_lines_for_vectors(self, few: Path) -> None:
        out = io.StringIO()
        call_command("evaluate_facts", str(few / "filings_scenarios.yaml"), stdout=out)
        lines = out.getvalue().splitlines()
        assert lines[0].startswith("F01: tier standard")
        assert "Not legal advice." in lines[-1]

    def test_faults(self, tmp_path: Path) -> None:
        path = tmp_path / "facts.yaml"
        path.write_text("mood: good\npublic_facing: 'yes'\n", encoding="utf-8")
        with pytest.raises(CommandError, match="facts: unknown fact mood\nfacts: derived fact given: public_facing"):
            call_command("evaluate_facts", str(path))
        path.write_text("- 1\n", encoding="utf-8")
        with pytest.raises(CommandError, match="must be a mapping"):
            call_command("evaluate_facts", str(path))
