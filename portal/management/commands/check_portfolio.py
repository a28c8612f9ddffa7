"""Count the portfolio of every organisation again and compare with the kept sums."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.core.tenancy import tenant_context
from portal.projects.checking import differences, strays
from portal.tenants.models import Tenant


class Command(BaseCommand):
    """``manage.py check_portfolio [--tenant SLUG]``: one line per difference, exit 1 if there is one."""

    help = "Compare the sums and copies the portfolio reads with a recount."

    def add_arguments(self, parser: CommandParser) -> None:
        """One organisation, or all."""
        parser.add_argument("--tenant", default="", help="slug of one organisation")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check and say what was found."""
        tenants = Tenant.objects.filter(slug=options["tenant"]) if options["tenant"] else Tenant.objects.order_by("slug")
        faults = checked = 0
        for tenant in tenants:
            checked += 1
            with tenant_context(tenant.pk):
                lines = [*differences(), *(f"{code}: the summary row differs from the project" for code in strays())]
            for line in lines:
                self.stdout.write(f"{tenant.slug}: {line}")
            faults += len(lines)
        self.stdout.write(f"{checked} organisations checked, {faults} differences")
        if faults:
            raise SystemExit(1)
