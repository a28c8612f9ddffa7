"""Create an organisation and invite its first administrator: ``manage.py create_tenant xinghe --name-zh 星河 --admin-email …``."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.core.errors import Refused
from portal.roles.actions import create_organisation


class Command(BaseCommand):
    """Does what the platform page "New organisation" does, and prints the invitation's link."""

    help = "Create an organisation with its built-in roles and invite its first administrator by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        """Short name, names, language, first administrator."""
        parser.add_argument("slug", help="short name in addresses: 3 to 40 small letters, digits and hyphens")
        parser.add_argument("--name-zh", default="", help="name in Chinese")
        parser.add_argument("--name-en", default="", help="name in English (one of the two names is enough)")
        parser.add_argument("--admin-email", required=True, help="the first administrator is invited at this address")
        parser.add_argument("--admin-name", default="")
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, **options: Any) -> None:
        """Create, invite, say where the link is."""
        if not options["name_zh"] and not options["name_en"]:
            raise CommandError("Give a name: --name-zh or --name-en.")
        try:
            tenant, invitation, link = create_organisation(
                slug=options["slug"],
                name_zh=options["name_zh"],
                name_en=options["name_en"],
                language=options["language"],
                admin_email=options["admin_email"],
                admin_name=options["admin_name"],
            )
        except Refused as refusal:
            fields = refusal.detail.get("fields") or {}
            faults = "; ".join(f"{name}: {' '.join(str(part) for part in parts)}" for name, parts in fields.items())
            raise CommandError(f"{refusal.message} {faults}".strip()) from None
        self.stdout.write(f"Organisation {tenant.slug} created. {invitation.email} has been invited as administrator.")
        self.stdout.write(f"Link, valid until {invitation.expires_at:%Y-%m-%d %H:%M} UTC, also sent by mail: {link}")
