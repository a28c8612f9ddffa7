"""Answering to authorities."""

from django.apps import AppConfig


class ComplianceConfig(AppConfig):
    """Regimes, calendars, filings, reports."""

    name = "compliance"
    verbose_name = "Compliance"

    def ready(self) -> None:
        """Declare the permissions of this app; offer what the assessments ask about filings."""
        from assessments.gates.registry import register_filings
        from compliance import permissions
        from compliance.boards import hanging as boards
        from compliance.clocks import hanging as clocks
        from compliance.filings import hanging
        from compliance.filings.frozen import FrozenFilings
        from compliance.register import hanging as register
        from compliance.reports import wiring

        permissions.declare()
        hanging.install()
        clocks.install()
        wiring.install()
        boards.install()
        register.install()
        register_filings(FrozenFilings())
