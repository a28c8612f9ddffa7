"""Print what the rules say of a file of facts."""

from __future__ import annotations

import datetime as dt
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.catalogue_check.facts_file import FactsFileError, evaluate, read_facts_file, report_lines
from portal.catalogue import catalogue


class Command(BaseCommand):
    """``manage.py evaluate_facts FILE [--date D] [--json] [--content VERSION]``."""

    help = "Print filings, tier and red findings for a file of facts (a mapping of facts, or a file of vectors)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the day, the form of the output."""
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--date", type=dt.date.fromisoformat, help="day of reference YYYY-MM-DD (default: as_of of the facts, else today)"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--content", help="version of the catalogue (default: the newest installed)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Evaluate every fact set of the file."""
        content = catalogue(options["content"])
        try:
            given = read_facts_file(content, options["file"])
        except FactsFileError as error:
            raise CommandError(str(error)) from error
        results = []
        for one in given:
            day = options["date"] or dt.date.fromisoformat(str(one.get("as_of") or dt.date.today()))
            results.append(evaluate(content, one, day))
        if options["json"]:
            self.stdout.write(json.dumps(results[0] if len(results) == 1 else results, ensure_ascii=False, indent=2))
            return
        for result in results:
            for line in report_lines(result):
                self.stdout.write(line)
