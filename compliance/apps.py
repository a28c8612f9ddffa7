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
        from compliance.clocks.frozen import FrozenFilingsWithClocks
        from compliance.dossiers import hanging as dossiers
        from compliance.feeds import hanging as feeds
        from compliance.filings import hanging
        from compliance.holidays import hanging as holidays
        from compliance.legal import hanging as legal
        from compliance.register import hanging as register
        from compliance.reminders import hanging as reminders
        from compliance.reports import wiring
        from compliance.rounds import hanging as rounds
        from compliance.upkeep import hanging as upkeep

        permissions.declare()
        hanging.install()
        holidays.install()
        legal.install()
        clocks.install()
        wiring.install()
        dossiers.install()
        rounds.install()
        upkeep.install()
        boards.install()
        feeds.install()
        register.install()
        reminders.install()
        register_filings(FrozenFilingsWithClocks())
