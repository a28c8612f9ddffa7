"""What ``manage.py check_catalogue`` does: load, check, try the entries of filings, run vectors, say how it went."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from assessments.calculators.bindings import bindings_for
from compliance.catalogue_check.entries import check_entries
from compliance.catalogue_check.runner import Report, run_vectors
from compliance.catalogue_check.wording import check_words
from portal.catalogue import Catalogue, CatalogueError, latest_version, load_catalogue
from portal.catalogue.installed import DATA

Say = Callable[[str], None]
VECTORS = "vectors"


def check_catalogue(say: Say, root: Path | None = None, vectors: Sequence[Path] = (), base: Path | None = None) -> int:
    """Check the content, try its numbers, limits and turns, and run its vectors; the exit code is 1 if anything is wrong.

    ``root``: folder of the catalogue, by default the newest installed version; ``vectors``: folders to run, by default
    ``vectors`` below the root, else ``../shared/catalogue/vectors`` beside the folder ``base`` of the project.
    """
    folder = root if root is not None else DATA / latest_version()
    try:
        catalogue = load_catalogue(folder)
        bindings_for(catalogue)
    except CatalogueError as error:
        for fault in error.faults:
            say(fault)
        say(f"faults: {len(error.faults)}")
        return 1
    say(_described(catalogue))
    faults = check_words(catalogue)
    for fault in faults:
        say(fault)
    entries = check_entries(catalogue)
    faults += entries.mismatches
    for line in entries.mismatches:
        say(line)
    say("entries of filings:")
    for kind, number in entries.counts.items():
        say(f"  {kind}: {number - entries.wrong.get(kind, 0)} of {number} right")
    chosen = list(vectors) or _default_vectors(folder, base)
    if not chosen:
        say("vectors: none run (no folder of vectors beside the catalogue; name one with --vectors DIR)")
    mismatches = 0
    for one in chosen:
        report = run_vectors(catalogue, one)
        mismatches += len(report.mismatches)
        _say_report(say, one, report)
    return 1 if faults or mismatches else 0


def _say_report(say: Say, folder: Path, report: Report) -> None:
    for line in report.mismatches:
        say(line)
    say(f"vectors in {folder}:")
    for line in report.closing_lines():
        say(f"  {line}")


def _default_vectors(folder: Path, base: Path | None) -> list[Path]:
    candidates = [folder / VECTORS]
    if base is not None:
        candidates.append(base.parent / "shared" / "catalogue" / VECTORS)
    return [candidate for candidate in candidates if candidate.is_dir()][:1]


def _described(catalogue: Catalogue) -> str:
    counts = {
        "facts": len(catalogue.asked_facts),
        "derived facts": len(catalogue.derived_facts),
        "filings": len(catalogue.filings),
        "red findings": len(catalogue.blockers),
        "items": len(catalogue.items),
        "calculators": len(catalogue.calculators),
        "gates": len(catalogue.gates),
    }
    listed = ", ".join(f"{name} {number}" for name, number in counts.items())
    return f"catalogue {catalogue.version}: no fault; {listed}; sha256 {catalogue.sha256}"
