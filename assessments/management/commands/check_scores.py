"""Recompute tier, items, verdicts, scores and summaries from scratch and report what is stored otherwise."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from assessments.checklists.models import Assessment
from assessments.checklists.recounting import recount_all
from assessments.checklists.rescore import rescore
from portal.core.tenancy import tenant_context
from portal.tenants.models import Tenant


class Command(BaseCommand):
    """``manage.py check_scores [--tenant SLUG] [--repair]``: exit 1 when anything differs (and was not repaired)."""

    help = "Recompute all scores from scratch and compare them with what is stored."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which organisation, and whether to put things right."""
        parser.add_argument("--tenant", metavar="SLUG", help="only this organisation")
        parser.add_argument("--repair", action="store_true", help="rescore assessments that differ")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line per difference, and a closing count."""
        tenants = Tenant.objects.order_by("slug")
        if options["tenant"]:
            tenants = tenants.filter(slug=options["tenant"])
            if not tenants:
                raise CommandError(f"There is no organisation {options['tenant']!r}.")
        looked_at = wrong = 0
        for tenant in tenants:
            with tenant_context(tenant.pk):
                for code, differences in recount_all():
                    looked_at += 1
                    for difference in differences:
                        wrong += 1
                        self.stdout.write(f"{tenant.slug} {difference}")
                    if differences and options["repair"]:
                        rescore(Assessment.objects.get(project__code=code))
        self.stdout.write(f"{looked_at} assessments looked at, {wrong} differences")
        if wrong and not options["repair"]:
            raise CommandError("Stored scores differ from a recount. Run again with --repair to put them right, and report it.")
