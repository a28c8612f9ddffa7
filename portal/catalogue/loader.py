"""Loading a catalogue from a directory: read, build, check; one fault refuses the whole version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from portal.catalogue.build import checklists, facts, filings, reference, rules
from portal.catalogue.checks.content import Checker
from portal.catalogue.checks.tiers import check_tiers
from portal.catalogue.parts.bundle import Catalogue
from portal.catalogue.parts.filings import Filing, Regime
from portal.catalogue.reading import CatalogueError, Entry

FILES = (
    "blockers",
    "calculators",
    "calendar",
    "checklists",
    "facts",
    "frameworks",
    "functions",
    "gates",
    "importers",
    "report",
    "roles",
    "segregation",
    "sources",
    "templates",
    "tiers",
    "vocabularies",
)
FOLDER_OF_FILINGS = "filings"


class _Loader(yaml.CSafeLoader):
    """The fast safe loader, refusing a key that stands twice in one mapping."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        mapping = super().construct_mapping(node, deep=deep)
        if len(mapping) != len(node.value):
            raise yaml.constructor.ConstructorError(None, None, "a key stands twice in a mapping", node.start_mark)
        return mapping


def load_catalogue(root: Path | str) -> Catalogue:
    """The catalogue in a directory. Raises ``CatalogueError``: one line for each fault (file, id, what is wrong)."""
    faults: list[str] = []
    data = read_files(Path(root), faults)
    if faults:
        raise CatalogueError(faults)
    return assemble(data)


def assemble(data: Mapping[str, object]) -> Catalogue:
    """The catalogue out of the content of its files, by relative path. Raises ``CatalogueError``."""
    catalogue, faults = assembled(data)
    if faults:
        raise CatalogueError(faults)
    return catalogue


def assembled(data: Mapping[str, object]) -> tuple[Catalogue, list[str]]:
    """The same with its faults, for those who judge some of the files only; with faults the catalogue may hold placeholders."""
    faults: list[str] = []
    entries = {name: Entry(content, name, faults) for name, content in data.items()}
    catalogue = _build(entries, _version(entries, faults), canonical_sha256(data), faults)
    for entry in entries.values():
        entry.done()
    if not faults:
        _check(catalogue, faults)
    return catalogue, list(dict.fromkeys(faults))


def read_files(root: Path, faults: list[str]) -> dict[str, object]:
    """The content of every file of the bundle by relative path; unreadable and missing files become faults."""
    paths = [root / f"{name}.yaml" for name in FILES] + sorted((root / FOLDER_OF_FILINGS).glob("*.yaml"))
    data: dict[str, object] = {}
    for path in paths:
        name = path.relative_to(root).as_posix()
        try:
            data[name] = read_text(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            faults.append(f"{name}: -: the file is missing")
        except (OSError, UnicodeDecodeError) as error:
            faults.append(f"{name}: -: cannot be read: {error}")
        except yaml.YAMLError as error:
            faults.append(f"{name}: -: is no valid YAML: {' '.join(str(error).split())}")
    if not any(name.startswith(f"{FOLDER_OF_FILINGS}/") for name in data) and not faults:
        faults.append(f"{FOLDER_OF_FILINGS}: -: holds no file")
    return data


def read_text(text: str) -> Any:
    """The content of one file. Raises ``yaml.YAMLError``, also for a key that stands twice in a mapping."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader


def canonical_sha256(data: Mapping[str, object]) -> str:
    """SHA-256 over the content in a canonical form: sorted keys, no layout, UTF-8."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _version(entries: Mapping[str, Entry], faults: list[str]) -> str:
    versions = {name: entry.raw("catalogue_version") for name, entry in entries.items()}
    version = versions["facts.yaml"]
    for name, found in versions.items():
        if not isinstance(found, str):
            faults.append(f"{name}: -: no catalogue_version")
        elif found != version:
            faults.append(f"{name}: -: catalogue_version {found} differs from {version} in facts.yaml")
    return str(version)


def _build(entries: Mapping[str, Entry], version: str, sha256: str, faults: list[str]) -> Catalogue:
    file = {name: entries[f"{name}.yaml"] for name in FILES}
    vocabularies = facts.vocabularies(file["vocabularies"])
    groups = facts.groups(file["facts"])
    regimes, all_filings = _filings(entries, faults)
    checklist, calculators = file["checklists"], file["calculators"]
    return Catalogue(
        version=version,
        sha256=sha256,
        fact_groups=groups,
        facts=facts.facts(file["facts"], vocabularies, groups),
        evaluation=checklist.text("evaluation"),
        dimensions=checklists.dimensions(checklist),
        article_points=checklists.article_points(checklist),
        items=checklists.items(checklist),
        owasp_2025_to_2026=MappingProxyType(checklist.words_by_name("owasp_2025_to_2026")),
        tiers=rules.tier_rules(file["tiers"]),
        gates=rules.gates(file["gates"]),
        gate_rules=rules.gate_rules(file["gates"]),
        roles=rules.roles(file["roles"]),
        segregation=rules.segregation(file["segregation"]),
        calculators=checklists.calculators(calculators),
        parameter_origins=tuple(calculators.choices("parameter_origins").values()),
        input_sources=tuple(calculators.choices("input_sources").values()),
        regimes=regimes,
        filings=all_filings,
        blockers=filings.blockers(file["blockers"]),
        calendar=reference.calendar(file["calendar"]),
        report=reference.report(file["report"]),
        importers=reference.importers(file["importers"]),
        templates=reference.templates(file["templates"]),
        frameworks=reference.frameworks(file["frameworks"]),
        sources=facts.sources(file["sources"]),
        functions=facts.functions(file["functions"]),
        vocabularies=vocabularies,
    )


def _filings(entries: Mapping[str, Entry], faults: list[str]) -> tuple[Mapping[str, Regime], Mapping[str, Filing]]:
    regimes: dict[str, Regime] = {}
    found: dict[str, Filing] = {}
    for name, entry in entries.items():
        if not name.startswith(f"{FOLDER_OF_FILINGS}/"):
            continue
        regime_id = Path(name).stem
        regimes[regime_id] = filings.regime(regime_id, entry)
        for filing in filings.filings(regime_id, entry).values():
            if filing.id in found:
                faults.append(f"{name}: {filing.id}: id used twice (also in {found[filing.id].regime}.yaml)")
            found[filing.id] = filing
    return MappingProxyType(regimes), MappingProxyType(found)


def _check(catalogue: Catalogue, faults: list[str]) -> None:
    def report(file: str, owner: str, fault: str) -> None:
        faults.append(f"{file}: {owner}: {fault}")

    checker = Checker(catalogue, report)
    checker.run()
    check_tiers(catalogue, report, checker)
    for name in set(catalogue.filings) & set(catalogue.blockers):
        report("blockers.yaml", name, "a filing has the same id")
