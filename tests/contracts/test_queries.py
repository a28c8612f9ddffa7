"""Every list needs the same queries for one row and for three, and few; every address that can be read is on one of the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.contracts.routes import ARGUMENTS, NOBODYS, routes
from tests.contracts.rows import WORD, add_rows, furnish

pytestmark = pytest.mark.timeout(600)
# Session, account and entering the organisation included.
MOST = 8
ROUTES = {route.name: route for route in routes()}
# Opening and closing transactions and scopes is no question to the database.
FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "select set_config")


@dataclass(frozen=True)
class List:
    """Who looks at it and what it needs at most; more than the budget needs a reason. ``shown``: each row shows its name."""

    by: str = "pam"
    most: int = MOST
    why: str = ""
    shown: bool = True
    query: str = ""


ITEM = "the item with all that decides whose turn it is and what may be done"
LISTS: dict[str, List] = {
    # Outside organisations
    "home": List(query="?choose=1"),
    "my_preferences": List(),
    "platform:organisations": List("staff"),
    "platform:accounts": List("staff"),
    # What everybody has
    "portal:portfolio": List(),
    "portal:portfolio_charts": List(),
    "portal:nav_counts": List(shown=False),
    "portal:notices": List(),
    "portal:preferences": List(shown=False),
    "assessments:my_work": List(),
    "assessments:review_queue": List("carol"),
    "assessments:delegations": List(),
    "compliance:filings": List(),
    "compliance:filings_board": List(),
    "compliance:filings_month": List(),
    "compliance:filings_timeline": List(),
    "compliance:calendar_feeds": List(shown=False),
    "compliance:calendar": List(shown=False),
    "compliance:clock_rules": List(shown=False),
    "compliance:organisation_filings": List(shown=False),
    "compliance:register": List(shown=False),
    "compliance:legal_review": List("carol", shown=False),
    "compliance:reminder_rules": List("adam", shown=False),
    "compliance:webhooks": List("adam", shown=False),
    "compliance:api_filing_events": List(shown=False),
    "compliance:reports": List(),
    "portal:contacts": List(),
    "portal:contact": List(),
    # Registering
    "portal:intake": List(),
    "portal:intake_step": List(),
    # One project: session, account, organisation, project and rights on it are five
    "portal:project": List(most=12, why="panels of every slice and the last acts", shown=False),
    "portal:project_edit": List(),
    "portal:project_facts": List(),
    "portal:project_people": List(most=12, why="roles, people, stand-ins, two kinds of shares, and two forms that choose people"),
    "portal:project_stakeholders": List(),
    "portal:project_responsibilities": List(most=12, why="the matrix is compared with roles, stand-ins and the segregation rules"),
    "portal:project_history": List(most=9, why="acts, rows folded under them, people and named things"),
    "assessments:checklist": List(most=9, why="ten dimensions of three kinds of figures", shown=False),
    "assessments:dimension": List(most=17, why="items with proofs, verdicts explained from facts, filings and calculations, last acts"),
    "assessments:item": List(most=18, why=ITEM + ", remarks and history"),
    "assessments:item_history": List(most=12, why=ITEM),
    "assessments:item_comments": List(most=13, why=ITEM),
    "assessments:item_mention": List(shown=False),
    "assessments:item_evidence_choose": List(most=11, why=ITEM, shown=False),
    "assessments:evidence": List(),
    "assessments:calculators": List(most=11, why="each calculator is shown with what it lacks: facts, answers, earlier runs", shown=False),
    "assessments:review_item": List("carol", most=21, why=ITEM + ", decisions, waiver, remarks, history and what comes next"),
    "assessments:waivers": List(most=9, why="delegations to the reader and who holds their roles"),
    "assessments:gates": List(most=9, why="rounds, conditions and confirmations of all gates"),
    "assessments:gate": List(most=22, why="all that stands against the gate, its signatures and who may sign"),
    "compliance:project_filings": List(most=9, why="every regime is evaluated on the facts in force", shown=False),
    "compliance:filing": List(
        most=18, why="one regime with its record, documents, dossiers, rounds, proposals and time limits", shown=False
    ),
    "compliance:project_reports": List(),
    # Administration
    "portal:organisation_facts": List(),
    "portal:people": List("adam"),
    "portal:invite": List("adam"),
    "portal:member": List("adam", most=10, why="roles held and offered, teams, projects led, and what the roles allow together"),
    "portal:teams": List("adam"),
    "portal:team": List("adam"),
    "portal:roles": List("adam"),
    "portal:audit_log": List("dave"),
    # Files
    "portal:portfolio_export": List(),
    "portal:responsibilities_export": List(most=12, why="as the matrix"),
    "compliance:filings_export": List(),
    "compliance:filings_rounds": List(shown=False),
    "compliance:filings_rounds_export": List(shown=False),
    # JSON
    "portal:api_projects": List(),
    "portal:api_project_facts": List(),
    "portal:api_organisation_facts": List(),
    "portal:api_project_people": List(),
    "portal:api_contacts": List(),
    "portal:api_stakeholders": List(),
    "portal:api_responsibilities": List(shown=False),
    "portal:api_notices": List(),
    "portal:api_members": List("adam"),
    "portal:api_roles": List("adam"),
    "assessments:api_items": List(),
    "assessments:api_item": List(most=10, why="the item explained, with its proofs"),
    "assessments:api_item_comments": List(),
    "assessments:api_evidence": List(),
    "compliance:api_filings": List(),
    "compliance:api_applicability": List(shown=False),
    "compliance:api_filing": List(most=9, why="one regime with its record", shown=False),
    "compliance:api_clocks": List(most=10, why="one regime with its record, its time limits and the calendar", shown=False),
    "compliance:api_clocks_open": List(shown=False),
    "compliance:api_rounds": List(most=9, why="one regime with its record", shown=False),
    "compliance:api_proposals": List(most=9, why="one regime with its record", shown=False),
    "compliance:api_display_checks": List(most=9, why="one regime with its record", shown=False),
    "compliance:api_documents": List(most=10, why="one regime with its record, its documents and their files"),
    "compliance:api_dossiers": List(most=10, why="one regime with its record, its dossiers and their files"),
}
NO_LISTS: dict[str, str] = {
    "favicon": "a picture",
    "styleguide": "samples of the parts; holds no data",
    "public:brand_logo": "a picture",
    "portal:logo": "a picture",
    "portal:brand_preview": "a colour",
    "invitations:accept": "a form",
    "invitations:open": "leads on to the form",
    "verify": "one report",
    "calendar": "a file for calendars",
    "platform:new": "a form",
    "platform:suspend": "a form",
    "platform:administrator": "a form",
    "api_schema": "the description of the API",
    "portal:organisation": "a form",
    "portal:project_fact": "one fact",
    "portal:organisation_fact": "one fact",
    "portal:api_project_part": "one count",
    "portal:api_organisation_part": "one count",
    "portal:project_steer": "a form",
    "portal:project_member_change": "a form",
    "portal:contact_new": "a form",
    "portal:stakeholder": "a form",
    "portal:job": "one job",
    "portal:notice": "leads on to what the message is about",
    "portal:role_new": "a form",
    "portal:role": "one role",
    "portal:export_file": "a file made by a job",
    "portal:api_project": "one project",
    "assessments:tier": "one tier with the conditions of the content",
    "assessments:upgrade": "the difference of two versions of the content",
    "assessments:api_assessment": "figures of one project",
    "assessments:api_tier": "one tier",
    "assessments:calculator": "one calculation",
    "assessments:evidence_file": "a file",
    "assessments:api_evidence_file": "a file",
    "assessments:waiver_new": "a form",
    "compliance:organisation_filing": "one filing of the organisation",
    "compliance:calendar_year": "one year of a calendar",
    "compliance:report": "one report",
    "compliance:round_letter": "a file",
    "compliance:organisation_round_letter": "a file",
    "compliance:display_proof": "a file",
    "compliance:organisation_display_proof": "a file",
    "compliance:filing_document": "one document",
    "compliance:filing_document_version": "a file",
    "compliance:filing_document_form": "a file",
    "compliance:filing_dossier": "one dossier",
    "compliance:filing_dossier_file": "a file",
    "compliance:organisation_document": "one document",
    "compliance:organisation_document_version": "a file",
    "compliance:organisation_document_form": "a file",
    "compliance:organisation_dossier": "one dossier",
    "compliance:organisation_dossier_file": "a file",
    "compliance:api_document_version": "a file",
    "compliance:api_dossier": "one dossier",
    "compliance:api_dossier_file": "a file",
    "compliance:register_file": "one file",
    "compliance:legal_entry": "one entry of the content",
    "compliance:legal_export": "entries of the content",
    "compliance:own_regimes": "a form and the few files of an organisation",
    "compliance:reminder_rule": "one rule",
    "compliance:reminder_rule_choose": "leads on to one rule",
    "compliance:webhook": "one webhook",
    "compliance:webhook_new": "a form",
    "compliance:report_download": "a file",
}


def _url(house: Any, name: str) -> str:
    known = {**ARGUMENTS, "tenant_slug": house.tenant.slug, "project_id": house.project.pk, **house.keys}
    return reverse(name, kwargs={one: known.get(one, NOBODYS) for one in ROUTES[name].arguments})


def _client(house: Any, by: str) -> Client:
    client = Client(headers={"accept-language": "en"}, raise_request_exception=False)
    client.force_login(getattr(house, by), backend=settings.AUTHENTICATION_BACKENDS[1])
    return client


def _ask(house: Any, name: str) -> Any:
    """The answer to the second visit, with its text and the statements it took. What is remembered at the first is not counted."""
    client, url = _client(house, LISTS[name].by), _url(house, name) + LISTS[name].query
    client.get(url)
    cache.clear()
    with CaptureQueriesContext(connection) as found:
        answer = client.get(url)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.text_of_all = body.decode("utf-8", "replace")
    answer.asked = [query["sql"] for query in found if not query["sql"].startswith(FRAME)]
    return answer


def test_every_address_that_can_be_read_is_a_list_or_is_none(world):
    furnish(world)
    # A refusal comes before the method is looked at: those are asked who may.
    clients = [_client(world, by) for by in ("pam", "alice", "adam", "staff")]
    acts = {name for name in ROUTES if any(client.get(_url(world, name)).status_code == 405 for client in clients)}
    readable = set(ROUTES) - acts
    assert sorted(readable - set(LISTS) - set(NO_LISTS)) == [], "say in LISTS or NO_LISTS of this file what these pages are"
    assert sorted((set(LISTS) | set(NO_LISTS)) - readable) == []
    assert sorted(set(LISTS) & set(NO_LISTS)) == []


def test_budgets_above_the_usual_have_a_reason():
    assert [name for name, one in LISTS.items() if (one.most > MOST) != bool(one.why)] == []


def test_lists_need_the_same_few_queries_for_one_row_and_for_three(world):
    furnish(world)
    add_rows(world)
    before = {name: _ask(world, name) for name in LISTS}
    add_rows(world)
    add_rows(world)
    wrong = []
    for name, one in LISTS.items():
        first, then = before[name], _ask(world, name)
        assert (first.status_code, then.status_code) == (200, 200), name
        if one.shown:
            rows = [sum(f"{WORD}{number}" in page.text_of_all for number in (1, 2, 3)) for page in (first, then)]
            if rows != [1, 3]:
                wrong.append(f"{name} shows {rows} rows instead of 1 and 3")
        if len(first.asked) != len(then.asked):
            grown = [sql for sql in then.asked if sql not in first.asked]
            wrong.append(f"{name} needs {len(first.asked)} queries for one row and {len(then.asked)} for three: " + "\n    ".join(grown))
        if len(then.asked) > one.most:
            wrong.append(f"{name} needs {len(then.asked)} queries instead of {one.most}: " + "\n    ".join(then.asked))
        elif one.why and len(then.asked) < one.most:
            wrong.append(f"{name} needs {len(then.asked)} queries by now: write that in the table, so that what got better stays better")
    assert wrong == [], "\n\n".join(wrong)
