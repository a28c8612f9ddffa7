"""Answering to authorities."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """Regimes, calendars, filings, reports."""

    name = "compliance"
    verbose_name = "Compliance"

    def ready(self) -> None:
        """Declare the permissions of this app; offer what the assessments ask about filings."""
        from assessments.scoring.registry import register_filing_provider
        from compliance import permissions
        from compliance.filings.provider import provider

        permissions.declare()
        register_filing_provider(provider)
