"""The versions of the content that are installed with the portal, each loaded once per process."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock

from portal.catalogue.loader import load_catalogue
from portal.catalogue.parts.bundle import Catalogue
from portal.catalogue.reading import CatalogueError

DATA = Path(__file__).resolve().parent / "data"
_loading = Lock()


def installed_versions(data: Path = DATA) -> tuple[str, ...]:
    """Installed versions, oldest first. A version is a date ``YYYY.MM.DD``, so that text order is time order."""
    return tuple(sorted(folder.name for folder in data.iterdir() if (folder / "facts.yaml").is_file()))


@cache
def latest_version() -> str:
    """The newest installed version, looked up once per process. Raises ``CatalogueError`` if none is installed."""
    versions = installed_versions()
    if not versions:
        raise CatalogueError([f"{DATA}: -: no version of the catalogue is installed"])
    return versions[-1]


_overlays: list[Callable[[Catalogue], Catalogue]] = []


def register_overlay(overlay: Callable[[Catalogue], Catalogue]) -> None:
    """Let an upper app lay over a version what the organisation in scope added to it."""
    if overlay not in _overlays:
        _overlays.append(overlay)


def catalogue(version: str | None = None) -> Catalogue:
    """An installed version (the newest by default) as the organisation in scope has it.

    The version ``2026.11.23+3`` of a record stands for ``2026.11.23``. Raises ``CatalogueError`` if it is not installed or has a fault.
    """
    content = shipped(version.partition("+")[0] if version else None)
    for overlay in _overlays:
        content = overlay(content)
    return content


def shipped(version: str | None = None) -> Catalogue:
    """A version as it was installed, whoever asks; loaded on first use and kept for the life of the process."""
    with _loading:  # two threads must not load the same version twice
        return _load(version or latest_version())


@cache
def _load(version: str) -> Catalogue:
    if version not in installed_versions():
        raise CatalogueError([f"{version}: -: this version of the catalogue is not installed"])
    loaded = load_catalogue(DATA / version)
    if loaded.version != version:
        raise CatalogueError([f"{version}: -: the folder holds version {loaded.version}"])
    return loaded
