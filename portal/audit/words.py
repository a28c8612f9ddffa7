"""What tables and columns of the trail are called for people, where the model itself has no translated name for them.

A contract test asks for a word for every column that the trail may show.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.core.tenancy import TenantModel

TABLES: dict[str, Any] = {
    "portal_projectusergrant": _("project shared with a person"),
    "portal_projectgroupgrant": _("project shared with a team"),
    "portal_rolepermission": _("permission of a role"),
    "portal_membershiprole": _("role of a member"),
    "portal_teammember": _("member of a team"),
    "portal_responsibility": _("responsibility"),
    "assessments_tierraise": _("raised tier"),
    "assessments_answerevidence": _("evidence of an answer"),
    "assessments_calculatorrun": _("calculation"),
    "assessments_confirmation": _("confirmation"),
    "compliance_filingevent": _("step of a filing"),
}
# Tables of organisations whose rows leave no trace: machinery, and what belongs to one reader alone.
WITHOUT_TRAIL = frozenset(
    {
        *("portal_job", "portal_notice", "portal_noticepreference"),
        *("portal_projectsummary", "portal_portfoliorollup", "portal_savedview", "portal_defaultview", "portal_intakedraft"),
        "compliance_calendarfeed",
        *("compliance_remindersent", "compliance_reminderpreference", "compliance_digestsent", "compliance_webhookdelivery"),
    }
)
# Never shown: keys, counters, search columns, secrets and copies of what stands elsewhere.
HIDDEN = frozenset(
    {
        *("id", "tenant_id", "version", "position", "created_at", "updated_at", "request_id"),
        *("grams", "search_text", "comment_count", "evidence_count", "answer_version", "waiting", "due_sort", "content", "content_type_id"),
        "group_sort",
        *("token_hash", "verify_code", "file_key", "pdf_key", "sheet_key", "changes", "address"),
        *("failures", "last_success_at", "last_failure_at", "last_error"),
    }
)
COLUMNS: dict[str, Any] = {
    "accepted_at": _("accepted on"),
    "accepted_by_id": _("accepted by"),
    "action": _("what has to be done"),
    "active": _("active"),
    "added_at": _("added on"),
    "added_by_id": _("added by"),
    "answer_id": _("answer"),
    "answer_role": _("answering role"),
    "answered_at": _("answered on"),
    "answered_by_id": _("answered by"),
    "applies": _("applies"),
    "approve_role": _("approving role"),
    "approved_at": _("approved on"),
    "approved_by_id": _("approved by"),
    "approved_hash": _("fingerprint of what was approved"),
    "approved_role": _("approved as"),
    "approver_at": _("approved on"),
    "approver_by_id": _("approved by"),
    "approver_role": _("approved as"),
    "assessment_id": _("assessment"),
    "assignee_id": _("assigned to"),
    "author_id": _("written by"),
    "basis": _("basis"),
    "blocker": _("blocker"),
    "builtin": _("built-in"),
    "calculator": _("calculator"),
    "calendar": _("calendar"),
    "catalogue_id": _("catalogue version"),
    "catalogue_version": _("catalogue version"),
    "changed_at": _("changed on"),
    "changed_by_id": _("changed by"),
    "closed_at": _("closed on"),
    "closed_by_id": _("closed by"),
    "column": _("column"),
    "confirmed_at": _("confirmed on"),
    "confirmed_by_id": _("confirmed by"),
    "contact_id": _("contact"),
    "content_hash": _("fingerprint of the content"),
    "content_object_id": _("project"),
    "content_sha256": _("fingerprint of the content"),
    "content_type": _("file type"),
    "counted": _("how it was counted"),
    "created_by_id": _("created by"),
    "decided_at": _("decided on"),
    "decided_by_id": _("decided by"),
    "decided_facts": _("facts at the decision"),
    "decided_result": _("result at the decision"),
    "decided_role": _("decided as"),
    "decision": _("decision"),
    "decision_reason": _("reason of the decision"),
    "delegation_id": _("delegation"),
    "deleted_at": _("deleted on"),
    "deleted_by_id": _("deleted by"),
    "delta_of_id": _("supplements round"),
    "detail": _("detail"),
    "dimension": _("dimension"),
    "direction": _("before or after the event"),
    "document_id": _("document"),
    "done_at": _("done on"),
    "done_by_id": _("done by"),
    "dossier_id": _("dossier"),
    "draft": _("draft"),
    "due_at": _("due at"),
    "due_gate": _("due at gate"),
    "due_on": _("due on"),
    "edition": _("edition"),
    "end_reason": _("reason of the end"),
    "ended_at": _("ended on"),
    "ended_on": _("ended on"),
    "entered": _("entered values"),
    "entered_at": _("entered on"),
    "entered_by_id": _("entered by"),
    "evaluated_at": _("evaluated on"),
    "event": _("event"),
    "event_at": _("moment of the event"),
    "event_on": _("day of the event"),
    "evidence_id": _("evidence"),
    "expires_at": _("valid until"),
    "fact_key": _("fact"),
    "facts_used": _("facts used"),
    "failure": _("failure"),
    "file_sha256": _("fingerprint of the file"),
    "filing_id": _("filing"),
    "filters": _("filters"),
    "flag": _("what is confirmed"),
    "frozen_at": _("frozen on"),
    "frozen_by_id": _("frozen by"),
    "gate": _("gate"),
    "giver_id": _("given by"),
    "group_id": _("team"),
    "inputs": _("inputs"),
    "invited_by_id": _("invited by"),
    "item_key": _("item"),
    "job_id": _("job"),
    "jurisdictions": _("jurisdictions"),
    "keep_until": _("kept until"),
    "key": _("key"),
    "kind": _("kind"),
    "language": _("language"),
    "lapsed": _("lapsed"),
    "made_at": _("made on"),
    "membership_id": _("member"),
    "mentions": _("mentioned"),
    "method": _("method"),
    "missing": _("missing"),
    "n": _("number of units"),
    "new_state": _("state after"),
    "note": _("note"),
    "number": _("number"),
    "old_state": _("state before"),
    "opened_at": _("opened on"),
    "opened_by_id": _("opened by"),
    "ordered_at": _("ordered on"),
    "ordered_by_id": _("ordered by"),
    "outcome": _("outcome"),
    "outputs": _("results"),
    "owner_id": _("owner"),
    "pages": _("pages"),
    "paused_days": _("days paused"),
    "paused_on": _("paused on"),
    "pdf_size": _("size of the PDF"),
    "permission": _("permission"),
    "permission_id": _("permission"),
    "project_id": _("project"),
    "provisional": _("provisional"),
    "raci": _("responsibility"),
    "raised_at": _("raised on"),
    "raised_by_id": _("raised by"),
    "reason": _("reason"),
    "reason_key": _("kind of reason"),
    "receiver_id": _("given to"),
    "regime": _("regime"),
    "remark": _("remark"),
    "removed_at": _("removed on"),
    "report": _("report"),
    "reported_by_id": _("reported by"),
    "requested_at": _("asked for on"),
    "requested_by_id": _("asked for by"),
    "result": _("result"),
    "return_reason": _("reason of the return"),
    "reviewed_by_id": _("reviewed by"),
    "revision_id": _("revision"),
    "revision_sha256": _("fingerprint of the revision"),
    "revoked_at": _("withdrawn on"),
    "role_id": _("role"),
    "role_key": _("role"),
    "roll": _("moved to the next working day"),
    "round_id": _("gate round"),
    "run_at": _("calculated on"),
    "run_by_id": _("calculated by"),
    "scored_at": _("scored on"),
    "second_at": _("seconded on"),
    "second_by_id": _("seconded by"),
    "second_role": _("seconded as"),
    "sha256": _("fingerprint"),
    "sheet_size": _("size of the Excel file"),
    "signed_at": _("signed on"),
    "signed_by_id": _("signed by"),
    "size": _("size in bytes"),
    "slug": _("short name in addresses"),
    "sponsor_at": _("agreed by the sponsor on"),
    "sponsor_by_id": _("agreed by the sponsor"),
    "sponsor_role": _("agreed as"),
    "stage_before": _("stage before"),
    "stage_reason": _("reason of the stage"),
    "stakeholder_id": _("stakeholder"),
    "stale_reasons": _("reasons why it lapsed"),
    "stale_since": _("lapsed since"),
    "started_at": _("started on"),
    "started_by_id": _("started by"),
    "state": _("state"),
    "status": _("state"),
    "suspended_at": _("suspended on"),
    "suspended_reason": _("reason of the suspension"),
    "tags": _("tags"),
    "team_id": _("team"),
    "text": _("text"),
    "tier": _("tier"),
    "tier_computed": _("tier from the facts"),
    "tier_raised": _("raised tier"),
    "timing": _("timing"),
    "user_id": _("person"),
    "valid_until": _("valid until"),
    "value": _("value"),
    "verb": _("step"),
    "verdict": _("verdict"),
    "withdrawn_at": _("withdrawn on"),
    "withdrawn_by_id": _("withdrawn by"),
    "withdrawn_reason": _("reason of the withdrawal"),
    "word": _("word"),
}
# What acts are about, by the beginning of their verbs: the log page's filter.
AREAS: dict[str, Any] = {
    "portal.project": _("Projects"),
    "portal.facts": _("Facts"),
    "portal.stakeholder": _("Stakeholders"),
    "portal.member": _("Members"),
    "portal.invitation": _("Invitations"),
    "portal.role": _("Roles"),
    "portal.team": _("Teams"),
    "portal.organisation": _("Organisation"),
    "portal.account": _("Accounts"),
    "portal.tenant": _("Operator"),
    "portal.audit_log": _("Exports of the log"),
    "assessments.item": _("Items"),
    "assessments.evidence": _("Evidence"),
    "assessments.waiver": _("Waivers"),
    "assessments.gate": _("Gates"),
    "assessments.condition": _("Conditions"),
    "assessments.delegation": _("Delegations"),
    "compliance.filing": _("Filings"),
    "compliance.document": _("Documents of filings"),
    "compliance.dossier": _("Dossiers"),
    "compliance.report": _("Reports"),
}


@cache
def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


def model_of(table: str) -> type[models.Model] | None:
    """The model of a table; None for a table of an earlier version."""
    return _models().get(table)


def tables_with_trail() -> list[str]:
    """Tables of organisations whose rows leave a trace."""
    grants = ("portal_projectusergrant", "portal_projectgroupgrant")
    own = [table for table, model in _models().items() if issubclass(model, TenantModel)]
    return [table for table in (*own, *grants, "portal_tenant") if table not in WITHOUT_TRAIL]


@cache
def _columns(table: str) -> dict[str, models.Field[Any, Any]]:
    model = model_of(table)
    return {str(field.column): field for field in model._meta.concrete_fields} if model else {}


def field_of(table: str, column: str) -> models.Field[Any, Any] | None:
    """The model field of a column, if there still is one."""
    return _columns(table).get(column)


def table_label(table: str) -> str:
    """What a table's rows are called."""
    if table in TABLES:
        return str(TABLES[table])
    model = model_of(table)
    return str(model._meta.verbose_name) if model is not None else table


def column_label(table: str, column: str) -> str:
    """What a column is called: by its model, else by the list above, else its own name."""
    field: Any = field_of(table, column)
    if field is not None and isinstance(field._verbose_name, Promise):
        return str(field.verbose_name)
    return str(COLUMNS.get(column, column.removesuffix("_id").replace("_", " ")))


def is_shown(column: str) -> bool:
    """The column says something to people."""
    return column not in HIDDEN and not column.endswith("_person_id")
