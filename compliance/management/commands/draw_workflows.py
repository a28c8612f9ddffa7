"""Write docs/workflows.md from the state tables."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from compliance.workflows import document


class Command(BaseCommand):
    """draw_workflows [--check]."""

    help = "Draws docs/workflows.md from the state tables; --check only says whether it is up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        """One option."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        path = settings.BASE_DIR / "docs" / "workflows.md"
        text = document()
        if options["check"]:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                raise SystemExit("docs/workflows.md is out of date: run bin/manage draw_workflows")
            self.stdout.write("docs/workflows.md is up to date")
            return
        path.write_text(text, encoding="utf-8")
        self.stdout.write(f"wrote {path.relative_to(settings.BASE_DIR)}")
