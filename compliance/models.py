"""All models of the compliance app, so that Django finds them."""

from compliance.clocks.models import ClockRule, FilingClock
from compliance.dossiers.models import DocumentFile, Dossier, DossierFile, FilingDocument
from compliance.feeds.models import CalendarFeed
from compliance.filings.models import Filing, FilingEvent
from compliance.holidays.models import HolidayYear
from compliance.legal.models import LegalReview, OwnRegime
from compliance.register.models import FilingRegister
from compliance.reminders.models import DigestSent, ReminderPreference, ReminderRule, ReminderSent, WebhookDelivery, WebhookTarget
from compliance.reports.models import Report
from compliance.rounds.models import AuthorityQuestion, AuthorityRound
from compliance.upkeep.models import DisplayCheck, FilingProposal

__all__ = [
    "AuthorityQuestion",
    "AuthorityRound",
    "CalendarFeed",
    "ClockRule",
    "DigestSent",
    "DisplayCheck",
    "DocumentFile",
    "Dossier",
    "DossierFile",
    "Filing",
    "FilingClock",
    "FilingDocument",
    "FilingEvent",
    "FilingProposal",
    "FilingRegister",
    "HolidayYear",
    "LegalReview",
    "OwnRegime",
    "ReminderPreference",
    "ReminderRule",
    "ReminderSent",
    "Report",
    "WebhookDelivery",
    "WebhookTarget",
]
