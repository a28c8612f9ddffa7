"""Items and evidence as a frozen record has them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from assessments.checklists.models import Answer, AnswerEvidence, Evidence
from assessments.checklists.states import AnswerState
from assessments.gates.content_parts import Approval, EvidenceEntry, ItemEntry, RiskEntry
from assessments.gates.content_results import BlockerEntry
from assessments.gates.freezing.people import PeopleBook, day, instant
from assessments.gates.freezing.plain import plain
from assessments.gates.freezing.reasons import Reasons
from assessments.gates.standing import Standing
from assessments.reviews.models import ReviewDecision, Waiver
from assessments.reviews.states import WaiverState

_SIGNED = (AnswerState.APPROVED, AnswerState.NOT_APPLICABLE)


class FrozenItems:
    """All items of a project with answers, verdicts, approvals and proof; everything is read once.

    What was answered to items that a newer version of the catalogue dropped is kept, but is no part of a record on that version.
    """

    def __init__(self, standing: Standing, reasons: Reasons) -> None:
        self.standing = standing
        self.reasons = reasons
        known = standing.content.items
        self.answers = {row.item_key: row for row in Answer.objects.filter(assessment=standing.assessment) if row.item_key in known}
        links = AnswerEvidence.objects.filter(answer__assessment=standing.assessment, evidence__removed_at=None)
        self.proof_of: dict[UUID, list[UUID]] = defaultdict(list)
        self.items_of: dict[UUID, list[str]] = defaultdict(list)
        keys = {row.pk: row.item_key for row in self.answers.values()}
        for answer_id, evidence_id in links.filter(answer__item_key__in=list(known)).values_list("answer_id", "evidence_id"):
            self.proof_of[answer_id].append(evidence_id)
            self.items_of[evidence_id].append(keys[answer_id])
        self.evidence = list(Evidence.objects.filter(pk__in=list(self.items_of)).order_by("name", "added_at", "pk"))
        self.waivers = dict(Waiver.objects.filter(project=standing.project, state=WaiverState.ACTIVE).values_list("item_key", "pk"))
        words = ReviewDecision.objects.filter(project=standing.project, outcome=ReviewDecision.Outcome.APPROVED).order_by("decided_at")
        self.remarks = {row.answer_id: row.reason for row in words}
        people = [uid for row in self.answers.values() for uid in (row.answered_by_id, row.approved_by_id)]
        self.people = PeopleBook([*people, *(row.added_by_id for row in self.evidence)])

    def entries(self) -> list[ItemEntry]:
        """Items in the order of the catalogue, those that do not apply included."""
        return [self._entry(item, self.answers[key]) for key, item in self.standing.content.items.items() if key in self.answers]

    def _entry(self, item: Any, row: Answer) -> ItemEntry:
        application = self.reasons.application(item.id)
        verdict = self.reasons.verdict(item.id)
        order = {entry.pk: index for index, entry in enumerate(self.evidence)}
        return {
            "key": item.id,
            "dimension": item.dimension,
            "applies": row.applies,
            "not_applying": application.not_applying,  # type: ignore[typeddict-item]
            "visible": {"visible": "yes", "visible_waiting": "unknown", "hidden": "no"}[application.visibility.state],  # type: ignore[typeddict-item]
            "depth": item.depth,
            "state": row.state if row.applies else "",
            "verdict": row.verdict if row.applies else "",
            "remark": row.remark,
            "waiting_for": list(verdict.waiting.names()) if verdict else [],
            "explain": dict(self.reasons.verdict_in_words(item.id)),  # type: ignore[typeddict-item]
            "value": plain(row.value),
            "comment": row.note if row.verdict != "na" else "",
            "na_reason": row.note if row.verdict == "na" else "",
            "weight": item.weight,
            "blocker": item.blocker,
            "waivable": item.waivable,
            "due_gate": item.due_gate,
            "version": row.version,
            "answered_by": self.people.maybe(row.answered_by_id, item.answered_by),
            "answered_at": instant(row.answered_at),
            "approval": self._approval(row),
            "evidence": [str(pk) for pk in sorted(self.proof_of[row.pk], key=order.__getitem__)],
            "waiver": str(self.waivers[item.id]) if item.id in self.waivers else None,
            "calculator": item.calculator,
        }

    def _approval(self, row: Answer) -> Approval | None:
        if row.state not in _SIGNED or row.approved_by_id is None:
            return None
        return {
            "by": self.people.ref(row.approved_by_id, row.approved_role),
            "role": row.approved_role,
            "at": instant(row.approved_at) or "",
            "answer_sha256": row.approved_hash,
            "remark": self.remarks.get(row.pk, ""),
        }

    def evidence_entries(self) -> list[EvidenceEntry]:
        """Proof by name; text of evidence with personal data stays out of the record."""
        return [
            {
                "id": str(row.pk),
                "kind": row.kind,  # type: ignore[typeddict-item]
                "name": row.name,
                "sha256": row.sha256 or None,
                "size": row.size if row.kind == Evidence.Kind.FILE else None,
                "media_type": row.content_type,
                "address": row.url,
                "text": row.text if row.kind == Evidence.Kind.NOTE and not row.personal_data else None,
                "dated": None,
                "expires": day(row.expires_on),
                "personal_data": row.personal_data,
                "added_by": self.people.ref(row.added_by_id),
                "added_at": instant(row.added_at) or "",
                "items": sorted(self.items_of[row.pk]),
            }
            for row in self.evidence
        ]

    def blockers(self) -> list[BlockerEntry]:
        """Applying blockers that are failed, open or need attention, with their written condition."""
        written = {row.item_key: row.text for row in self.standing.conditions if row.item_key}
        return [
            {"item": key, "verdict": row.verdict, "condition": written.get(key, "")}
            for key, row in self.answers.items()
            if row.blocker and row.applies and row.verdict in ("fail", "open", "attention") and row.state != AnswerState.WAIVED
        ]

    def risks(self) -> list[RiskEntry]:
        """Rows of tables that describe harms: those with a column for the harm or the affected group."""
        found: list[RiskEntry] = []
        for key, row in self.answers.items():
            item = self.standing.content.items[key]
            if not row.applies or item.answer_type != "table" or not {"harm", "group"} & set(item.fields):
                continue
            for index, cells in enumerate(row.value or []):
                found.append(
                    {
                        "id": f"{key}-{index + 1}",
                        "item": key,
                        "group": str(cells.get("group") or ""),
                        "harm": str(cells.get("harm") or ""),
                        "misuse": str(cells.get("misuse") or ""),
                        "severity": str(cells.get("severity") or ""),
                        "measure": str(cells.get("measure") or cells.get("mitigation") or ""),
                        "residual": str(cells.get("residual") or ""),
                        "accepted_by": self.people.maybe(row.approved_by_id, row.approved_role) if row.state in _SIGNED else None,
                        "accepted_at": instant(row.approved_at) if row.state in _SIGNED else None,
                    }
                )
        return found

    def hashes(self) -> dict[str, str]:
        """Content hash by item."""
        return {key: row.content_hash for key, row in self.answers.items()}
