"""Django's admin, for platform staff only. It knows accounts and organisations as such, and nothing that belongs to an organisation."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from portal.tenants.models import Tenant, User

# One sign-in page with its rate limits for everybody; groups stand behind the teams of organisations.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
for model in (Group, EmailAddress, UserSession):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class ReadAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Nothing is added or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """No: accounts come by invitation, organisations from the platform pages."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No: the records name these rows for ever."""
        return False


@admin.register(User)
class UserAdmin(ReadAdmin):
    """Close an account, or make it platform staff."""

    list_display = ("email", "name", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    fields = ("email", "name", "is_active", "is_staff", "date_joined", "last_login")
    readonly_fields = ("email", "name", "date_joined", "last_login")


@admin.register(Tenant)
class TenantAdmin(ReadAdmin):
    """Organisations, to read."""

    list_display = ("slug", "name_zh", "name_en", "status", "created_at")
    list_filter = ("status",)
    search_fields = ("slug", "name_zh", "name_en")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No: suspending and reopening leave a trail on the platform pages."""
        return False
