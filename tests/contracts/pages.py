"""Every page of the product and who looks at it. What is missing here fails the test of pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from tests.contracts.error_urls import FAULTS
from tests.contracts.routes import ARGUMENTS, NOBODYS, Route, library_routes, routes

STRANGER = ""
ROUTES = {route.name: route for route in (*routes(), *library_routes())}
FAULT = Route("fault", "faults/<str:name>/", ("name",), None)


@dataclass(frozen=True)
class Visit:
    """One page as one person sees it. ``keys``: arguments that differ from the furnished ones; ``post``: what is sent to get the page."""

    name: str
    by: str
    keys: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    status: int = 200
    post: dict[str, Any] | None = None

    def url(self, house: Any) -> str:
        """The address in the furnished house. ``@name`` stands for something in it."""
        known = {**ARGUMENTS, "session_id": 1, **house.keys, **self.keys}
        found = {name: known.get(name, NOBODYS) for name in ROUTES.get(self.name, FAULT).arguments}
        found |= {name: house.keys[value[1:]] for name, value in found.items() if isinstance(value, str) and value.startswith("@")}
        return reverse(self.name, kwargs=found) + self.query.format(**house.keys)

    def __str__(self) -> str:
        extra = "".join(f" {key}={value}" for key, value in self.keys.items())
        return f"{self.name}{extra}{self.query}{' (POST)' if self.post is not None else ''} by {self.by or 'a stranger'}"


ABROAD = {"tenant_slug": "nordhagen"}
EARLY, NEW, WAIVED, OPEN = ({"project_id": f"@{code}"} for code in ("XH-0024", "XH-0029", "XH-0019", "XH-0012"))
OWN_FILING = {"regime": "iso42001_certificate", "key": "soa"}

VISITS = [
    # Strangers
    Visit("home", STRANGER),
    Visit("home", STRANGER, query="?tenant={key}"),
    Visit("account_login", STRANGER, post={"login": "nobody@xinghe.example", "password": "wrong"}),
    Visit("account_signup", STRANGER),
    Visit("account_inactive", STRANGER),
    Visit("account_reset_password", STRANGER),
    Visit("account_reset_password", STRANGER, post={"email": "not an address"}),
    Visit("account_reset_password_done", STRANGER),
    Visit("account_reset_password_from_key", STRANGER, keys={"key": "@reset_key"}),
    Visit("account_reset_password_from_key", STRANGER, keys={"key": "over"}),
    Visit("account_reset_password_from_key_done", STRANGER),
    Visit("account_email_verification_sent", STRANGER),
    Visit("account_confirm_email", STRANGER, keys={"key": "@confirm_key"}),
    Visit("account_confirm_email", STRANGER, keys={"key": "over"}),
    Visit("invitations:accept", STRANGER, status=404),
    Visit("invitations:accept", "invited"),
    Visit("invitations:accept", "invited", post={"name": "", "password": "short"}, status=422),
    Visit("verify", STRANGER),
    Visit("verify", STRANGER, keys={"code": "0000000000000000"}, status=404),
    # The own account
    Visit("home", "both"),
    Visit("home", "staff", query="?choose=1"),
    Visit("my_preferences", "both"),
    Visit("portal:preferences", "owner"),
    Visit("compliance:calendar_feeds", "owner"),
    Visit("compliance:calendar_feeds", "owner", post={"scope": "all", "project": "", "alarm_days": "3"}, status=201),
    Visit("compliance:calendar_feeds", "owner", post={"scope": "project", "project": "?", "alarm_days": "3"}, status=422),
    Visit("account_email", "owner"),
    Visit("account_change_password", "owner"),
    Visit("account_change_password", "owner", post={"oldpassword": "", "password1": "a", "password2": "b"}),
    Visit("account_reauthenticate", "owner"),
    Visit("account_logout", "owner"),
    Visit("usersessions_list", "owner"),
    # The platform
    Visit("platform:organisations", "staff"),
    Visit("platform:organisations", "staff", query="?q=nothing-like-this"),
    Visit("platform:new", "staff"),
    Visit("platform:new", "staff", post={"slug": "X Y"}, status=422),
    Visit("platform:suspend", "staff"),
    Visit("platform:administrator", "staff", keys={"slug": "begun"}),
    Visit("platform:administrator", "staff", keys={"slug": "begun"}, post={"email": "nobody"}, status=422),
    Visit("platform:accounts", "staff"),
    Visit("styleguide", "staff"),
    # The portfolio and what everybody has
    Visit("portal:portfolio", "pmo"),
    Visit("portal:portfolio", "pmo", query="?q=nothing-like-this"),
    Visit("portal:portfolio", "abroad", keys=ABROAD),
    Visit("portal:portfolio_charts", "pmo"),
    Visit("assessments:my_work", "pmo"),
    Visit("assessments:my_work", "abroad", keys=ABROAD),
    Visit("assessments:review_queue", "officer"),
    Visit("assessments:review_queue", "abroad", keys=ABROAD),
    Visit("assessments:delegations", "pmo"),
    Visit("portal:notices", "pmo"),
    Visit("portal:notices", "abroad", keys=ABROAD),
    Visit("portal:job", "pmo"),
    Visit("portal:job", "pmo", keys={"job_id": "@waiting_job"}),
    Visit("compliance:filings", "officer"),
    Visit("compliance:filings", "abroad", keys=ABROAD),
    Visit("compliance:filings_board", "officer"),
    Visit("compliance:filings_board", "officer", query="?column=settled&filters=open"),
    Visit("compliance:filings_board", "abroad", keys=ABROAD),
    Visit("compliance:filings_month", "officer"),
    Visit("compliance:filings_month", "officer", query="?month=never", status=422),
    Visit("compliance:filings_timeline", "officer"),
    Visit("compliance:filings_timeline", "officer", query="?q=nothing-like-this"),
    Visit("compliance:organisation_filings", "officer"),
    Visit("compliance:organisation_filing", "officer", keys={"regime": "@organisation_regime"}),
    Visit("compliance:register", "officer"),
    Visit("compliance:reports", "pmo"),
    Visit("compliance:reports", "abroad", keys=ABROAD),
    Visit("portal:contacts", "pmo"),
    Visit("portal:contacts", "abroad", keys=ABROAD),
    Visit("portal:contact_new", "pmo"),
    Visit("portal:contact", "owner"),
    # Registering
    Visit("portal:intake", "pmo"),
    *(Visit("portal:intake_step", "pmo", keys={"step": step}) for step in ("basics", "facts", "people", "review")),
    Visit("portal:intake_step", "pmo", post={"version": "2", "name_zh": "", "name_en": "", "go": "next"}, status=422),
    # One project
    Visit("portal:project", "owner"),
    Visit("portal:project", "planner", keys=NEW),
    Visit("portal:project_edit", "owner"),
    Visit("portal:project_steer", "pmo", keys={"act": "hold"}),
    Visit("portal:project_facts", "owner"),
    Visit("portal:project_facts", "auditor"),
    Visit("portal:project_facts", "owner", post={"f-audience": "internal_staff", "was-audience": "stale"}, status=409),
    Visit("portal:project_fact", "owner"),
    Visit("portal:project_fact", "owner", keys={"fact": "pi_subject_count"}),
    Visit("portal:project_part", "owner", keys={"fact": "pi_subject_count"}, post={"value": "x", "version": "0"}, status=422),
    Visit("portal:project_part", "owner", keys={"fact": "pi_subject_count"}, post={"value": "777", "version": "1"}),
    Visit("portal:project_people", "pmo"),
    Visit("portal:project_member_change", "pmo"),
    Visit("portal:project_stakeholders", "owner"),
    Visit("portal:project_stakeholders", "planner", keys=NEW),
    Visit("portal:stakeholder", "owner"),
    Visit("portal:project_responsibilities", "owner"),
    Visit("portal:project_history", "owner"),
    Visit("assessments:tier", "officer"),
    Visit("assessments:upgrade", "pmo"),
    Visit("assessments:checklist", "owner"),
    Visit("assessments:dimension", "owner"),
    Visit("assessments:dimension", "planner", keys=NEW | {"dimension": "D8"}),
    Visit("assessments:item", "owner"),
    Visit("assessments:item", "auditor"),
    Visit("assessments:evidence", "owner"),
    Visit("assessments:evidence", "planner", keys=NEW),
    Visit("assessments:calculators", "owner"),
    Visit("assessments:calculator", "owner"),
    Visit("assessments:review_item", "officer"),
    Visit("assessments:waivers", "pmo", keys=WAIVED),
    Visit("assessments:waivers", "planner", keys=NEW),
    Visit("assessments:waiver_new", "lawyer", keys=WAIVED),
    Visit("assessments:gates", "pmo"),
    Visit("assessments:gate", "officer", keys={"gate": "G4"}),
    Visit("assessments:gate", "pmo", keys=EARLY | {"gate": "G1"}),
    Visit("assessments:gate", "executive", keys=OPEN | {"gate": "G2"}),
    Visit("compliance:project_filings", "officer"),
    Visit("compliance:filing", "officer"),
    Visit("compliance:filing", "officer", keys=EARLY),
    Visit("compliance:clock_report", "officer", post={"report-event": "", "report-note": ""}, status=422),
    Visit("compliance:filing_document", "officer", keys={"key": "report"}),
    Visit("compliance:filing_document", "officer", keys={"key": "report"} | EARLY),
    Visit("compliance:filing_document_upload", "officer", keys={"key": "report"}, post={"version": "2"}, status=422),
    Visit("compliance:filing_document_state", "officer", keys={"key": "report"}, post={"version": "0", "to": "ready"}, status=409),
    Visit("compliance:filing_documents", "officer", post={"title": ""}, status=422),
    Visit("compliance:filing_dossier", "officer", keys={"number": "@dossier"}),
    Visit("compliance:organisation_document", "officer", keys=OWN_FILING),
    Visit("compliance:organisation_dossier", "officer", keys=OWN_FILING | {"number": "@own_dossier"}),
    Visit("compliance:filings_rounds", "officer"),
    Visit("compliance:filings_rounds", "officer", query="?since=yesterday", status=422),
    Visit("compliance:round_open", "officer", post={"round-reference": "x"}, status=422),
    Visit("compliance:project_reports", "pmo"),
    Visit("compliance:report", "pmo"),
    Visit("compliance:report", "pmo", keys={"report_id": "@failed"}),
    Visit("compliance:report", "pmo", keys={"report_id": "@waiting"}),
    # Administration
    Visit("portal:people", "admin"),
    Visit("portal:invite", "admin"),
    Visit("portal:member", "admin"),
    Visit("portal:teams", "admin"),
    Visit("portal:team", "admin"),
    Visit("portal:team", "admin", post={"seen": "[]"}, status=409),
    Visit("portal:roles", "admin"),
    Visit("portal:role_new", "admin"),
    Visit("portal:role", "admin"),
    Visit("portal:role", "admin", post={"seen": "[]"}, status=409),
    Visit("portal:organisation", "admin"),
    Visit("portal:organisation_facts", "officer"),
    Visit("portal:organisation_fact", "officer", keys={"fact": "entity_type"}),
    Visit("portal:organisation_fact", "officer", keys={"fact": "pi_subject_count"}),
    Visit("portal:audit_log", "auditor"),
    Visit("compliance:legal_review", "officer"),
    Visit("compliance:legal_entry", "officer", keys={"entry": "gdpr_dpia"}),
    Visit("compliance:legal_entry", "officer", keys={"entry": "gdpr_dpia"}, post={"note": ""}, status=422),
    Visit("compliance:own_regimes", "officer"),
    Visit("compliance:own_regimes", "officer", post={"name": "own_x", "text": "a: ["}, status=422),
    Visit("compliance:calendar", "officer"),
    Visit("compliance:calendar", "pmo"),
    Visit("compliance:calendar_year", "officer"),
    Visit("compliance:calendar_year", "pmo", keys={"year": 2028}),
    Visit("compliance:calendar_preview", "officer", post={"holidays": "2026-10-01", "makeup": ""}, status=422),
    Visit("compliance:calendar_preview", "officer", keys={"calendar": "EU", "year": 2026}, post={"holidays": "2026-12-25", "makeup": ""}),
    Visit("compliance:calendar_save", "officer", post={"holidays": "1", "makeup": ""}, status=422),
    Visit("compliance:calendar_library", "officer", post={}),
    Visit("compliance:calendar_file", "officer", post={}, status=422),
    Visit("compliance:clock_rules", "officer"),
    Visit("compliance:clock_rule_new", "officer", post={"title": ""}, status=422),
    Visit("compliance:reminder_rules", "officer"),
    Visit("compliance:reminder_rule", "admin", keys={"scope": "basis", "value": "statutory"}),
    Visit("compliance:reminder_rule", "admin", keys={"scope": "basis", "value": "statutory"}, post={"before": "x"}, status=422),
    Visit("compliance:webhooks", "admin"),
    Visit("compliance:webhook_new", "admin"),
    Visit("compliance:webhook_new", "admin", post={"kind": "wecom", "address": "x"}, status=422),
    Visit("compliance:webhook", "admin"),
    # What goes wrong
    Visit("portal:portfolio", "shut_out", keys={"tenant_slug": "closed"}, status=403),
    *(Visit("fault", "owner", keys={"name": name}, status=int(name[-3:])) for name in FAULTS),
    *(Visit("fault", STRANGER, keys={"name": name}, status=int(name[-3:])) for name in ("400", "404", "500", "refused-429")),
    Visit("fault", STRANGER, keys={"name": "form-out-of-date"}, status=403),
]

# Files and single things that are handed out: under which keys there is one.
FILES = [
    *(Visit(f"portal:api_{place}_part", "officer", keys={"fact": "pi_subject_count"}) for place in ("project", "organisation")),
    Visit("compliance:register_file", "officer", keys={"form": "pdf"}),
    *(Visit(f"compliance:{name}", "officer", keys={"key": "report"}) for name in ("filing_document_version", "filing_document_form")),
    Visit("compliance:api_document_version", "officer", keys={"key": "report"}),
    Visit("compliance:filing_dossier_file", "officer", keys={"number": "@dossier"}),
    Visit("compliance:round_letter", "officer", keys={"number": "@letter"}),
    Visit("compliance:display_proof", "officer"),
    Visit("compliance:organisation_document_version", "officer", keys=OWN_FILING),
    Visit("compliance:organisation_dossier_file", "officer", keys=OWN_FILING | {"number": "@own_dossier"}),
    Visit("compliance:organisation_round_letter", "officer", keys=OWN_FILING | {"number": "@own_letter"}),
    Visit("compliance:organisation_display_proof", "officer", keys=OWN_FILING | {"check_id": "@own_check"}),
]

# Addresses that answer nobody in the furnished house: why.
NOTHING = {"compliance:organisation_document_form": "no filing of the organisation has a form in the content of today"}

# Answers in HTML that are no pages: where they are seen.
PARTS = {
    "portal:nav_counts": "counters of the side bar, fetched by every page",
    "assessments:item_history": "panel of an item, opened in the dimension",
    "assessments:item_comments": "panel of an item, opened in the dimension",
    "assessments:item_mention": "names offered while a comment is typed",
    "assessments:item_evidence_choose": "evidence offered for an item, opened in the dimension",
    "portal:brand_preview": "band in the organisation's colour, shown by its page",
}

# Templates that begin with a frame and that no visit draws: why.
UNSEEN = {
    "account/verified_email_required.html": "the page of account/verification_sent.html under another name",
    "allauth/layouts/base.html": "frame of the library's own pages, all of which have a template of ours",
}


@dataclass(frozen=True)
class Opening:
    """A dialog or menu of a page. ``steps``: what is clicked (or ``key:…``) until ``shows`` is there; ``closes``: Escape shuts it."""

    what: str
    visit: Visit
    steps: tuple[str, ...]
    shows: str
    width: int = 1440
    closes: bool = True

    def __str__(self) -> str:
        return f"{self.what} at {self.width} on {self.visit}"


PORTFOLIO, DIMENSION = Visit("portal:portfolio", "pmo"), Visit("assessments:dimension", "owner")
FACTS = Visit("portal:project_facts", "owner")
FACT_CHANGED = ("fill:[name=f-registered_users]=54321", "#facts-form button[type=submit]")
OPENINGS = [
    *(
        Opening(what, visit, (step,), shows, width)
        for width in (1440, 390)
        for what, visit, step, shows in (
            ("keyboard help", PORTFOLIO, "key:?", "#help-dialog"),
            ("confirmation", Visit("portal:team", "admin"), "main form[data-confirm] button", "#confirm-dialog"),
            ("filters", PORTFOLIO, "details.chip-menu > summary", "details.chip-menu[open] > :not(summary)"),
        )
    ),
    Opening("person's menu", PORTFOLIO, ("details.who > summary",), ".who-menu"),
    Opening("organisations", Visit("portal:portfolio", "both"), ("details.switcher > summary",), "details.switcher ul"),
    Opening("menu", PORTFOLIO, ("[popovertarget=side-panel]",), "#side-panel", 390),
    Opening("menu, person's part", PORTFOLIO, ("[popovertarget=side-panel]", "details.who > summary"), ".who-menu", 390, closes=False),
    *(Opening("what changed facts lead to", FACTS, FACT_CHANGED, ".facts-review", width, closes=False) for width in (1440, 390)),
    Opening("rows to paste", DIMENSION, ("main [data-row-paste]",), "dialog[open]"),
]
