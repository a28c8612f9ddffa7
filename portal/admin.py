"""Where Django looks for the admin's pages."""

from portal.tenants import admin as tenants_admin

__all__ = ["tenants_admin"]
