"""Making a version of the content official: its row in the database holds the hash that its files must keep for ever.

``install_versions()`` runs as the owner role after every ``migrate`` and by ``manage.py install_catalogue``;
``faults()`` is the start-up check: files of a published version that changed stop the start.
"""

from __future__ import annotations

from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connections
from django.db.utils import DatabaseError

from portal.catalogue.installed import installed_versions, shipped
from portal.catalogue.models import CatalogueVersion
from portal.catalogue.reading import CatalogueError

OWNER = "migrate"


def install_versions(using: str = OWNER) -> list[str]:
    """Write a row for each version that ships with the product and has none yet; returns the new ones.

    Raises ``CatalogueError`` when a version that was published before no longer has the same content.
    """
    published = dict(CatalogueVersion.objects.using(using).values_list("version", "sha256"))
    wrong = _differences(published)
    if wrong:
        raise CatalogueError(wrong)
    new = [version for version in installed_versions() if version not in published]
    for version in new:
        CatalogueVersion.objects.using(using).create(version=version, sha256=shipped(version).sha256)
    return new


def faults(using: str = "default") -> list[str]:
    """One sentence for each published version whose files are missing or changed. Empty while the table does not exist."""
    try:
        published = dict(CatalogueVersion.objects.using(using).values_list("version", "sha256"))
    except DatabaseError:
        connections[using].close()
        return []
    return _differences(published)


def _differences(published: dict[str, str]) -> list[str]:
    found = []
    installed = installed_versions()
    for version, sha256 in published.items():
        if version not in installed:
            found.append(f"{version}: -: this version is in use, but its files are missing")
        elif shipped(version).sha256 != sha256:
            found.append(f"{version}: -: the files of this published version have changed; restore them and publish a new version instead")
    return found


def check_published(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Error]:
    """E003: the content of a published version must never change."""
    if not databases or "default" not in databases:
        return []
    hint = "Restore the folder portal/catalogue/data/<version> from the release it came with."
    return [Error(fault, id="tenfold.E003", hint=hint) for fault in faults()]


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """After ``migrate`` as the owner: publish what ships."""
    if using == OWNER:
        install_versions(using)


def install() -> None:
    """Register the start-up check and the step after ``migrate``; called once from ``AppConfig.ready``."""
    from django.apps import apps
    from django.db.models.signals import post_migrate

    register(check_published, Tags.database)
    post_migrate.connect(after_migrate, sender=apps.get_app_config("portal"), dispatch_uid="catalogue-versions")
