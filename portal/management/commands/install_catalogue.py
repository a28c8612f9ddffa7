"""Publish the versions of the content that ship with the product, and verify those published before."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.catalogue import CatalogueError
from portal.catalogue.models import CatalogueVersion
from portal.catalogue.publishing import OWNER, install_versions


class Command(BaseCommand):
    """``manage.py install_catalogue``: safe to repeat; runs as the owner of the tables."""

    help = "Publish the content versions that ship with the product and verify the hash of those already published."

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish and report."""
        try:
            new = install_versions()
        except CatalogueError as error:
            raise CommandError(str(error)) from None
        for row in CatalogueVersion.objects.using(OWNER).order_by("version"):
            self.stdout.write(f"{row.version} {row.sha256[:12]} {'published now' if row.version in new else 'verified'}")
