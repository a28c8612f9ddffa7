"""One more row of every kind of thing that a list shows, each of people and projects of its own, so that a query per row shows."""

from __future__ import annotations

import datetime as dt
import itertools
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from uuid_utils.compat import uuid7

from assessments.checklists.models import Answer, AnswerEvidence, CalculatorRun, Comment, Evidence
from assessments.gates.models import Condition, Confirmation, GateRound, Signature
from assessments.gates.rounds import open_round
from assessments.reviews.models import Delegation, ReviewDecision, Waiver
from compliance.dossiers.models import Dossier, FilingDocument
from compliance.feeds.models import CalendarFeed
from compliance.filings.evaluation import organisation_regimes
from compliance.filings.models import Filing, FilingEvent
from compliance.register.models import FilingRegister
from compliance.reports.models import Report
from portal.audit.actions import record_act
from portal.catalogue import catalogue
from portal.core.tenancy import tenant_context
from portal.jobs.models import Job
from portal.notices.actions import notify
from portal.projects.actions.saved_views import save_view
from portal.projects.actions.sharing import share_with_person, share_with_team
from portal.projects.intake.drafts import keep_step
from portal.projects.models import FactAnswer, Project, ProjectMember
from portal.roles.actions import add_member_with_roles, create_role, create_team, invite_person, set_team_members
from portal.roles.models import Role
from portal.stakeholders.models import Contact, Responsibility, Stakeholder
from portal.tenants.actions import link_accounts
from portal.tenants.entry import acting_as
from portal.tenants.models import User
from tests.factories.cast import make_project, make_tenant, make_user
from tests.factories.facts import LIGHT_FACTS
from tests.factories.ready import force_verdicts, start

# Everything that is added carries this word and its number, so that one sees how many rows a list shows.
WORD = "Quill"
PUBLIC = LIGHT_FACTS | {
    "audience": ["public"],
    "provides_internet_info_service": "yes",
    "opinion_or_mobilization": "yes",
    "model_origin": "fine_tuned",
    "delivery_channels": ["website"],
}


def furnish(world: SimpleNamespace) -> SimpleNamespace:
    """Checklists and an open gate in the project of the cast, and somebody of the platform's staff."""
    world.staff = make_user("staff", "Staff", is_staff=True)
    with acting_as(world.tenant, world.alice):
        world.assessment = start(world.project, PUBLIC)
        force_verdicts(world.assessment)
    with acting_as(world.tenant, world.pam) as pam:
        world.round = open_round(world.project, "G0", by=pam)
        for key in ("compliance", "pmo", "auditor", "finance"):
            ProjectMember.objects.create(project=world.project, user=world.carol, role_key=key, starts_on=dt.date(2026, 1, 1))
        world.contact = Contact.objects.create(name="Contact", organisation="Everywhere")
        world.team = create_team(name="Everybody", by=pam.user)
        world.keys = {"contact_id": world.contact.pk, "team_id": world.team.pk, "membership_id": pam.membership_id}
    world.people = []
    return world


def add_rows(world: SimpleNamespace) -> None:
    """The next row of everything."""
    number = len(world.people) + 1
    word = f"{WORD}{number}"
    person = make_user(word.lower(), word)
    world.people.append(person)
    with tenant_context(world.tenant.pk, person.pk):
        add_member_with_roles(world.tenant, person, ["contributor"], unit=word, title=word)
        another = _project(world, number, person)
        _people(world.project, person, word)
        _answers(world, number, person)
        _papers(world, number, person, another)
        _filings(world, number, person)
        record_act("portal.project.edited", world.project, fields=["purpose"])
    with acting_as(world.tenant, world.pam) as pam:
        _administration(world, number, person, pam, another)
    twin = make_user(f"{word.lower()}.twin", word)
    link_accounts(person, twin, reason=word, by=world.staff)
    other = make_tenant(f"{word.lower()}-house", word, word)
    with tenant_context(other.pk):
        add_member_with_roles(other, world.pam, ["contributor"])


def _project(world: SimpleNamespace, number: int, person: User) -> Project:
    """A project of its own, with an item to answer for Pam and one that waits for Carol."""
    word = f"{WORD}{number}"
    project = make_project(
        person, f"XH-{word}", name_zh=word, name_en=word, unit=word, tags=[word], sponsor=person, members={"business_owner": person}
    )
    start(project, PUBLIC)
    ProjectMember.objects.create(project=project, user=world.carol, role_key="compliance", starts_on=dt.date(2026, 1, 1))
    Stakeholder.objects.create(project=project, contact=world.contact, part=word)
    items = Answer.objects.filter(project=project, applies=True).order_by("position")
    Answer.objects.filter(pk=items[0].pk).update(assignee=world.pam, due_on=timezone.localdate())
    Answer.objects.filter(pk=items.filter(approve_role="compliance")[0].pk).update(
        state="in_review", answered_by=person, answered_person_id=person.person_id, answered_at=timezone.now(), value="yes"
    )
    to_waive = items.exclude(state="in_review")[5]
    Waiver.objects.create(
        answer=to_waive,
        project=project,
        item_key=to_waive.item_key,
        reason=word,
        measure=word,
        until=timezone.localdate() + dt.timedelta(days=30),
        approver_role="compliance",
        sponsor_role="exec_sponsor",
        requested_by=person,
        requested_person_id=person.person_id,
        requested_at=timezone.now(),
    )
    Filing.objects.filter(pk=Filing.objects.filter(project=project).exclude(result="not_applicable").order_by("regime")[0].pk).update(
        owner=person, decided_by=person, decided_person_id=person.person_id, decision="confirmed"
    )
    return project


def _people(project: Project, person: User, word: str) -> None:
    """A role, two stakeholders and their responsibilities, a share."""
    ProjectMember.objects.create(project=project, user=person, role_key="infra_ops", starts_on=dt.date(2026, 1, 1))
    inside = Stakeholder.objects.create(project=project, user=person, part=word)
    contact = Contact.objects.create(name=word, organisation=word)
    outside = Stakeholder.objects.create(project=project, contact=contact, part=word)
    for stakeholder, dimension in itertools.product((inside, outside), ("D1", "D2")):
        Responsibility.objects.create(project=project, stakeholder=stakeholder, dimension=dimension, raci="R")


def _answers(world: SimpleNamespace, number: int, person: User) -> None:
    """Answers of this person, approved by another, with proof, remarks, a decision, a waiver and a calculation."""
    word, now, project = f"{WORD}{number}", timezone.now(), world.project
    rows = list(Answer.objects.filter(project=project, applies=True, dimension=1).order_by("position"))
    first, own = rows[0], rows[number]
    signed = {"answered_by": person, "answered_person_id": person.person_id, "answered_at": now}
    approved = {"approved_by": world.carol, "approved_person_id": world.carol.person_id, "approved_at": now, "approved_role": "compliance"}
    Answer.objects.filter(pk=own.pk).update(**signed, **approved, state="approved", content_hash="x", approved_hash="x", assignee=person)
    Answer.objects.filter(pk=first.pk).update(comment_count=number, evidence_count=number)
    proof = Evidence.objects.create(
        project=project, kind="link", name=word, url="https://tenfold.example/", added_by=person, added_person_id=person.person_id
    )
    AnswerEvidence.objects.create(answer=first, evidence=proof)
    if own.pk != first.pk:
        AnswerEvidence.objects.create(answer=own, evidence=proof)
    Comment.objects.create(answer=first, author=person, body=word)
    ReviewDecision.objects.create(
        answer=first,
        project=project,
        outcome="returned",
        reason=word,
        answer_version=1,
        content_hash="x",
        verdict="fail",
        decided_by=person,
        decided_person_id=person.person_id,
        role_key="compliance",
    )
    record_act("assessments.item.commented", first, project_id=project.pk, item=first.item_key)
    roles = {"approver_role": "tech_lead", "sponsor_role": "exec_sponsor"}
    Waiver.objects.create(
        answer=rows[-number],
        project=project,
        item_key=rows[-number].item_key,
        reason=word,
        measure=word,
        until=timezone.localdate() + dt.timedelta(days=30),
        requested_by=person,
        requested_person_id=person.person_id,
        requested_at=now,
        **roles,
    )
    calculator = sorted(catalogue().calculators)[number]
    CalculatorRun.objects.update_or_create(
        assessment=world.assessment, calculator=calculator, defaults={"run_by": person, "run_at": now, "outputs": {}, "missing": []}
    )
    # Facts answered by different people; whoever starts a project answers those of the organisation anew.
    for facts in (FactAnswer.objects.filter(project=project), FactAnswer.objects.filter(project=None)):
        for fact, who in zip(facts.order_by("fact_key"), world.people, strict=False):
            FactAnswer.objects.filter(pk=fact.pk).update(answered_by=who, source=who.name)


def _papers(world: SimpleNamespace, number: int, person: User, another: Project) -> None:
    """A decided round with signature, condition and confirmation; a signature of the open round; a report of the project."""
    word, now = f"{WORD}{number}", timezone.now()
    revision = world.round.revision
    past = GateRound.objects.create(
        project=world.project,
        gate="G0",
        number=10 + number,
        revision=revision,
        state="returned",
        outcome="return",
        opened_by=person,
        opened_at=now,
        decided_by=person,
        decided_at=now,
        remark=word,
    )
    for round_ in (past, world.round):
        Signature.objects.create(
            round=round_,
            role_key=("business_owner", "tech_lead", "security", "finance")[number],
            word="return",
            remark=word,
            signed_by=person,
            signed_person_id=person.person_id,
            signed_at=now,
            revision_sha256=revision.sha256,
        )
    Condition.objects.create(
        project=world.project, round=past, gate="G0", text=word, owner=person, due_on=timezone.localdate(), created_by=person
    )
    Confirmation.objects.create(
        project=world.project, flag=f"flag_{number}", text=word, confirmed_by=person, confirmed_person_id=person.person_id, role_key="pmo"
    )
    job = Job.objects.create(kind="compliance.render_report", idempotency_key=word, ordered_by=person, project_id=world.project.pk)
    report = Report.objects.create(
        project=world.project, revision=revision, round=past, job=job, number=f"XH-0001-{word}", gate="G0", language="zh", ordered_by=person
    )
    world.keys.setdefault("report_id", report.pk)


def _filings(world: SimpleNamespace, number: int, person: User) -> None:
    """One more filing of the project, and of the organisation, that is this person's."""
    word = f"{WORD}{number}"
    signed = {"decided_by": person, "decided_person_id": person.person_id, "decided_role": "compliance", "decision": "confirmed"}
    signed |= {"decision_reason": word, "owner": person, "decided_at": timezone.now(), "due_on": timezone.localdate()}
    rows = Filing.objects.filter(project=world.project).exclude(result="not_applicable").order_by("regime")
    Filing.objects.filter(pk=rows[number].pk).update(**signed)
    CalendarFeed.objects.create(user=world.pam, scope="all", token_hash=word)
    FilingEvent.objects.create(filing=rows[0], verb="planned", detail={"note": word}, done_by=person)
    unasked = {
        "gate": "before_launch",
        "result": "not_applicable",
        "catalogue_version": catalogue().version,
        "evaluated_at": timezone.now(),
    }
    pipia, _made = Filing.objects.get_or_create(project=world.project, regime="pipia", defaults=unasked)
    FilingDocument.objects.create(filing=pipia, key=f"own-{number}", title=word, owner=person)
    nothing = {"missing": [], "facts": [], "answers": {}, "documents": []}
    Dossier.objects.create(filing=pipia, number=number, language="en", complete=False, content=nothing, ordered_by=person)
    FilingRegister.objects.create(number=number, language="en", filters=word, state="ready", ordered_by=world.pam)
    of_organisation = {"gate": "none", "result": "required", "catalogue_version": catalogue().version, "evaluated_at": timezone.now()}
    # The content knows fewer filings of the organisation than we have people.
    for regime in sorted(organisation_regimes(catalogue()))[number - 1 : number]:
        Filing.objects.update_or_create(project=None, regime=regime, defaults=of_organisation | signed)


def _administration(world: SimpleNamespace, number: int, person: User, pam: Any, another: Project) -> None:
    """What Pam and Adam see in lists of the organisation."""
    word, today = f"{WORD}{number}", timezone.localdate()
    team = create_team(name=word, by=pam.user)
    set_team_members(team, [person.pk, pam.user_id], by=world.adam)
    set_team_members(world.team, [one.pk for one in world.people], by=pam.user)
    role = create_role(
        kind=Role.Kind.TENANT, name_zh=word, name_en=word, copy_of=Role.objects.get(key="auditor", kind="tenant"), by=world.adam
    )
    invite_person(world.tenant, email=f"{word.lower()}.new@tenfold.example", name=word, role_keys=[role.key], language="en", by=person)
    share_with_person(world.project, user=person, level="view_project", by=world.alice)
    share_with_team(world.project, team=team, level="view_project", by=world.alice)
    save_view(name=word, query="q=x", shared=True, by=person, may_share=True)
    keep_step(pam, uuid7(), "basics", {"name_zh": word, "name_en": word, "purpose": "", "code": ""}, version=0)
    notify({pam.user_id}, "assessments.gate_decided", once_key=word, project_id=another.pk, project=word, gate="G0")
    days = {"starts_on": today, "ends_on": today + dt.timedelta(days=9)}
    for project in (another, world.project):
        Delegation.objects.create(giver=person, receiver=pam.user, reason=word, project=project, **days)
    Delegation.objects.create(giver=pam.user, receiver=person, reason=word, project=another, **days)
