"""Answering to authorities."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """Regimes, calendars, filings, reports."""

    name = "compliance"
    verbose_name = "Compliance"

    def ready(self) -> None:
        """Declare the permissions of this app."""
        from compliance import permissions

        permissions.declare()
