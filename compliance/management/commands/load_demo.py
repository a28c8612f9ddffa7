"""Loads the demo organisations; see compliance/demo/."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from compliance.demo import sign_ins
from compliance.demo.loading import finish_dating, load, loaded
from portal.tenants.models import Tenant


class Command(BaseCommand):
    """Fills an empty database with two invented organisations. Does nothing when they are there."""

    help = "Load the demo organisations into an empty database and print who can sign in."

    def add_arguments(self, parser: Any) -> None:
        """``--force`` for a database that holds other organisations."""
        parser.add_argument("--force", action="store_true", help="load beside organisations that are there already")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load unless loaded, then print the sign-ins."""
        if not loaded():
            if Tenant.objects.exists() and not options["force"]:
                raise CommandError("This database holds other organisations. The demo is not loaded beside them unless you add --force.")
            password = sign_ins.demo_password()
            sign_ins.keep(password)
            load(password, lambda line: self.stderr.write(line) if options["verbosity"] > 1 else None)
        else:
            finish_dating()  # a load that was cut off at its very end
        self.stdout.write(sign_ins.table())
