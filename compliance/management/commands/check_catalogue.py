"""Check the content and run its test vectors through the engine."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from compliance.catalogue_check.command import check_catalogue


class Command(BaseCommand):
    """``manage.py check_catalogue [--root DIR] [--vectors DIR]``."""

    help = "Check the catalogue and run its test vectors; exit code 1 and one line for each fault or mismatch."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the catalogue and its vectors are."""
        parser.add_argument("--root", type=Path, help="folder of the catalogue (default: the newest installed version)")
        parser.add_argument("--vectors", type=Path, action="append", default=[], help="folder of vectors; may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, and exit with 1 if anything is wrong."""
        base = Path(settings.BASE_DIR)
        code = check_catalogue(self.stdout.write, options["root"], options["vectors"], base)
        if code:
            sys.exit(code)
