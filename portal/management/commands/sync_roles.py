"""Give every organisation the built-in roles and permissions that this version has and it lacks. Run after an upgrade."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from portal.core.tenancy import tenant_context
from portal.roles.actions import install_builtin_roles, project_roles_of_catalogue
from portal.tenants.models import Tenant


class Command(BaseCommand):
    """Adds, never takes away: what an administrator took from a role stays away."""

    help = "Add new built-in roles and new permissions to all organisations."

    def handle(self, *args: Any, **options: Any) -> None:
        """One transaction for each organisation."""
        project_roles = project_roles_of_catalogue()
        for tenant in Tenant.objects.order_by("pk"):
            with tenant_context(tenant.pk):
                added = install_builtin_roles(project_roles)
            if added or options["verbosity"] > 1:
                self.stdout.write(f"{tenant.slug}: {added} added")
