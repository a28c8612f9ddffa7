"""Acts on drafts of projects: kept step by step, discarded, and registered exactly once.

find_draft(actor, draft_id) -> IntakeDraft | None          # None: not begun; another person's draft does not exist
keep_step(actor, draft_id, step, data, version=…) -> IntakeDraft
discard_draft(draft, by=user)
register_draft(draft_id, by=actor) -> Project              # a second time gives the same project
register_at_once(draft_id, data, by=actor) -> (Project, new) # all steps in one go, for programs
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.audit.actions import record_act
from portal.catalogue import Catalogue, FactValueError, validate_fact_value
from portal.catalogue.values import UNKNOWN_MARKER
from portal.core.access import Actor
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.formats import in_language
from portal.projects import registry
from portal.projects.actions import create_project
from portal.projects.actions.people import tell_role
from portal.projects.facts import dictionary
from portal.projects.facts.actions import LAUNCH_FACT, save_facts
from portal.projects.forms import member_choices
from portal.projects.intake.forms import BasicsForm
from portal.projects.intake.steps import ORDER
from portal.projects.models import IntakeDraft, Project, ProjectMember
from portal.tenants.clock import organisation_today
from portal.tenants.models import User

MOST_DRAFTS = 20  # open drafts of one person


class StaleDraft(Conflict):
    """The draft was changed in another tab or on another device. ``detail['draft']`` is its present state."""

    code = "stale_draft"


def own_drafts(user: User) -> Any:
    """The person's open drafts, the latest first."""
    return IntakeDraft.objects.filter(user=user, project=None).order_by("-updated_at")


def find_draft(actor: Actor, draft_id: UUID) -> IntakeDraft | None:
    """The draft, None when nothing was kept under this id yet. Another person's draft raises :class:`NotFound`."""
    draft = IntakeDraft.objects.filter(pk=draft_id).first()
    if draft is not None and draft.user_id != actor.user_id:
        raise NotFound()
    return draft


@transaction.atomic
def keep_step(actor: Actor, draft_id: UUID, step: str, data: Mapping[str, Any], *, version: int) -> IntakeDraft:
    """Keep what was typed on one step. The first time creates the draft. Raises :class:`StaleDraft` after a change elsewhere."""
    draft = IntakeDraft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None:
        if version:
            raise NotFound()
        if own_drafts(actor.user).count() >= MOST_DRAFTS:
            raise Conflict(_("You have many unfinished drafts. Finish or discard some of them first."), code="many_drafts")
        draft, made = IntakeDraft.objects.get_or_create(
            pk=draft_id, defaults={"user": actor.user, "data": {step: dict(data)}, "step": step}
        )
        if made:
            return draft
    if draft.user_id != actor.user_id:
        raise NotFound()
    if draft.project_id is not None:
        raise Conflict(_("This draft was registered as a project already."), code="registered", project_id=draft.project_id)
    if draft.data.get(step) == dict(data):
        return draft
    if draft.version != version:
        raise StaleDraft(_("This draft was changed in another tab or on another device."), draft=draft)
    draft.data = {**draft.data, step: dict(data)}
    if ORDER.index(step) > ORDER.index(draft.step):
        draft.step = step
    draft.version += 1
    draft.save(update_fields=["data", "step", "version", "updated_at"])
    return draft


def discard_draft(draft: IntakeDraft, *, by: User) -> None:
    """Throw an open draft away for good."""
    if draft.project_id is not None:
        raise Conflict(_("This draft was registered as a project already."), code="registered")
    draft.delete()


def usable_facts(content: Catalogue, data: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """(stored values, faults) of the facts step and of the launch date; unknown ones are left out."""
    raw = {**data.get("facts", {}).get("values", {})}
    launch = data.get("basics", {}).get("target_launch")
    if launch and LAUNCH_FACT in content.facts:
        raw[LAUNCH_FACT] = launch
    own = {fact.id: fact for fact in dictionary.asked(content, "project")}
    values: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    for name, value in raw.items():
        if name not in own:
            continue
        try:
            stored = validate_fact_value(own[name], value)
        except FactValueError as error:
            faults[name] = [in_language(error.text)]
            continue
        if stored != UNKNOWN_MARKER:
            values[name] = stored
    return values, faults


def chosen_people(data: Mapping[str, Any]) -> dict[str, int]:
    """Role → account of the people step."""
    return {role: int(user) for role, user in data.get("people", {}).items() if str(user).isdecimal()}


@transaction.atomic
def register_draft(draft_id: UUID, *, by: Actor) -> Project:
    """Make the project of a draft: the row, its facts, its people, and everything that follows. Twice gives one project.

    Raises :class:`Invalid` with faults per field (``step`` in the detail names the step to go back to).
    """
    # No join here: after waiting for the lock a joined row would still be the one from before.
    draft = IntakeDraft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None or draft.user_id != by.user_id:
        raise NotFound()
    if draft.project_id is not None:
        return Project.objects.get(pk=draft.project_id)
    content = dictionary.content_of(None)
    form = BasicsForm(draft.data.get("basics", {}), content=content, people=member_choices())
    if not form.is_valid():
        raise Invalid(_("The first step needs another look."), fields=dict(form.errors), step="basics")
    facts, faults = usable_facts(content, draft.data)
    if faults:
        raise Invalid(_("Some answers cannot be used."), fields=faults, step="facts")
    clean = form.cleaned_data
    users = User.objects.in_bulk({int(clean["owner"]), *(int(clean[name]) for name in ("sponsor",) if clean[name])})
    project = create_project(
        names={"zh": clean["name_zh"], "en": clean["name_en"]},
        owner=users[int(clean["owner"])],
        sponsor=users.get(int(clean["sponsor"])) if clean["sponsor"] else None,
        by=by.user,
        code=clean["code"] or None,
        unit=clean["unit"],
        scenario=clean["scenario"],
        purpose=clean["purpose"],
        confidential=clean["confidential"],
        target_launch=clean["target_launch"],
        budget=clean["budget"],
    )
    save_facts(project, facts, by=by.user, sources=draft.data.get("facts", {}).get("sources", {}), quietly=True)
    _name_people(project, content, chosen_people(draft.data), by=by.user)
    registry.project_registered(project, by=by.user)
    draft.project = project
    draft.version += 1
    draft.save(update_fields=["project", "version", "updated_at"])
    project.refresh_from_db()
    return project


@transaction.atomic
def register_at_once(draft_id: UUID, data: Mapping[str, Any], *, by: Actor) -> tuple[Project, bool]:
    """Register a project from all steps together: (project, whether it is new). The same id again gives the same project.

    ``data`` is as the steps of the wizard keep it. What the wizard cannot hold is refused here: facts that are not asked, roles
    that nobody gives, people who are no active members. Raises :class:`Invalid` with faults per field; nothing is kept then.
    """
    try:
        with transaction.atomic():
            draft, new = IntakeDraft.objects.get_or_create(pk=draft_id, defaults={"user": by.user, "data": dict(data), "step": ORDER[-1]})
    except IntegrityError:
        raise Conflict(_("This id is taken. Choose another one."), code="id_taken") from None
    if not new:
        # Another person's draft is not found; one that is still being typed stays with its author's browser.
        if draft.user_id == by.user_id and draft.project_id is None:
            raise Conflict(_("A draft with this id is being filled in. Finish it there, or choose another id."), code="draft_open")
        return register_draft(draft_id, by=by), False
    content = dictionary.content_of(None)
    faults: dict[str, list[str]] = {}
    own = {fact.id for fact in dictionary.asked(content, "project")}
    for name in {*data.get("facts", {}).get("values", {}), *data.get("facts", {}).get("sources", {})} - own:
        faults[name] = [_("This fact is not asked here.")]
    active = {pk for pk, _name in member_choices()}
    for role, user in data.get("people", {}).items():
        if role not in content.roles or content.roles[role].read_only:
            faults.setdefault("people", []).append(_("There is no such role: %(role)s.") % {"role": role})
        elif str(user) not in active:
            faults.setdefault("people", []).append(_("This person is not an active member of the organisation."))
    if faults:
        raise Invalid(_("The project cannot be registered like this; nothing of it was lost."), fields=faults)
    return register_draft(draft_id, by=by), True


def _name_people(project: Project, content: Catalogue, people: Mapping[str, int], *, by: User) -> None:
    """Write the project roles; people who are no longer active members are passed over."""
    active = {int(pk) for pk, _name in member_choices()}
    today = organisation_today()
    rows = [
        ProjectMember(project=project, user_id=user, role_key=role, starts_on=today)
        for role, user in people.items()
        if role in content.roles and user in active
    ]
    ProjectMember.objects.bulk_create(rows)
    if rows:
        record_act("portal.project.people_named", project, roles=[row.role_key for row in rows], count=len(rows))
    for row in rows:
        tell_role(row, project, content.roles[row.role_key].name, by=by)
