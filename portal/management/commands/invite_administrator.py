"""Invite an administrator into an organisation that has none: ``manage.py invite_administrator xinghe li@example.com``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.errors import Refused
from portal.roles.actions import invite_administrator
from portal.tenants.models import Tenant


class Command(BaseCommand):
    """Does what the platform page "Invite an administrator" does, and prints the invitation's link."""

    help = "Withdraw the open administrator invitations of an organisation without administrator and invite one by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        """Short name of the organisation, address, name."""
        parser.add_argument("slug", help="short name of the organisation")
        parser.add_argument("email", help="the administrator is invited at this address")
        parser.add_argument("--name", default="", help="name of the administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        """Invite, say where the link is."""
        tenant = Tenant.objects.filter(slug=options["slug"]).first()
        if tenant is None:
            raise CommandError(f"There is no organisation {options['slug']}.")
        try:
            invitation, link = invite_administrator(tenant, email=options["email"], name=options["name"], by=None)
        except Refused as refusal:
            raise CommandError(refusal.message) from None
        self.stdout.write(f"{invitation.email} has been invited to {tenant.slug} as administrator; open invitations before are withdrawn.")
        self.stdout.write(f"Link, valid until {invitation.expires_at:%Y-%m-%d %H:%M} UTC, also sent by mail: {link}")
