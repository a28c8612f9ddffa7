"""manage.py build_assets: fill the build folder from node_modules (see portal/core/assets.py)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.core import assets


class Command(BaseCommand):
    """Copies style sheets, scripts and fonts and makes the icon sprite."""

    help = "Copies style sheets, scripts and fonts from node_modules and makes the sprite of the icons in use."
    requires_system_checks: list[str] = []  # type: ignore[assignment]

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, or say in one sentence what is missing."""
        try:
            icons = assets.build(settings.BASE_DIR, settings.BUILD_DIR)
        except assets.AssetMissing as missing:
            raise CommandError(str(missing)) from missing
        self.stdout.write(f"Built {settings.BUILD_DIR} with {len(icons)} icons.")
