"""Shapes of projects in the JSON API. Lists are written from plain rows; input is checked again by the actions."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from portal.projects.forms import user_of
from portal.projects.states import Stage
from portal.projects.strip import DIMENSIONS, tones_of
from portal.tenants.models import User

STEER_ACTS = ("hold", "resume", "stop", "retire")


class BothNamesSerializer(serializers.Serializer[Any]):
    """A name in both languages; one may be empty."""

    zh = serializers.CharField(allow_blank=True)
    en = serializers.CharField(allow_blank=True)


class AccountSerializer(serializers.Serializer[Any]):
    """An account by id and name."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class ProjectRowSerializer(serializers.Serializer[Any]):
    """One project of the list."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    name = BothNamesSerializer()
    unit = serializers.CharField()
    stage = serializers.ChoiceField(choices=Stage.choices)
    owner = AccountSerializer()
    tags = serializers.ListField(child=serializers.CharField())
    confidential = serializers.BooleanField()
    tier = serializers.CharField()
    readiness = serializers.IntegerField(allow_null=True, help_text="0 to 100; null before the first assessment")
    band = serializers.CharField()
    dimensions = serializers.DictField(
        child=serializers.CharField(), help_text="D1 to D10: pass, attention, fail, open, review, waived, na"
    )
    items_total = serializers.IntegerField()
    items_answered = serializers.IntegerField()
    open_blockers = serializers.IntegerField()
    stale_gates = serializers.IntegerField()
    gate_waiting = serializers.BooleanField()
    next_gate = serializers.CharField()
    next_gate_due = serializers.DateField(allow_null=True)
    public_facing = serializers.ChoiceField(choices=["yes", "no", "unknown"])
    filings_state = serializers.CharField()
    filings_open = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


class ProjectPageSerializer(serializers.Serializer[Any]):
    """One page of projects. ``count`` stops at 1,001, which means more than 1,000; the cursors go into ``after`` and ``before``."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_blank=True)
    previous = serializers.CharField(allow_blank=True)
    results = ProjectRowSerializer(many=True)


class ProjectSerializer(serializers.Serializer[Any]):
    """One project with everything it says about itself."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    code = serializers.CharField()
    name = BothNamesSerializer()
    unit = serializers.CharField()
    scenario = serializers.CharField()
    purpose = serializers.CharField()
    owner = AccountSerializer()
    sponsor = AccountSerializer(allow_null=True)
    stage = serializers.ChoiceField(choices=Stage.choices)
    stage_since = serializers.DateField()
    stage_reason = serializers.CharField()
    confidential = serializers.BooleanField()
    started_on = serializers.DateField()
    target_launch = serializers.DateField(allow_null=True)
    launched_on = serializers.DateField(allow_null=True)
    review_due = serializers.DateField(allow_null=True)
    currency = serializers.CharField()
    budget = serializers.DecimalField(16, 2, allow_null=True)
    spent = serializers.DecimalField(16, 2, allow_null=True)
    compliance_budget = serializers.DecimalField(16, 2, allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ProjectChangeSerializer(serializers.Serializer[Any]):
    """Fields to change, with the version that was read. Fields that are left out stay."""

    version = serializers.IntegerField(min_value=1)
    name_zh = serializers.CharField(required=False, allow_blank=True)
    name_en = serializers.CharField(required=False, allow_blank=True)
    code = serializers.CharField(required=False)
    unit = serializers.CharField(required=False, allow_blank=True)
    scenario = serializers.CharField(required=False, allow_blank=True)
    purpose = serializers.CharField(required=False, allow_blank=True)
    owner = serializers.IntegerField(required=False)
    sponsor = serializers.IntegerField(required=False, allow_null=True)
    started_on = serializers.DateField(required=False)
    target_launch = serializers.DateField(required=False, allow_null=True)
    launched_on = serializers.DateField(required=False, allow_null=True)
    review_due = serializers.DateField(required=False, allow_null=True)
    currency = serializers.CharField(required=False)
    budget = serializers.DecimalField(16, 2, required=False, allow_null=True)
    spent = serializers.DecimalField(16, 2, required=False, allow_null=True)
    compliance_budget = serializers.DecimalField(16, 2, required=False, allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(), required=False)

    def changes(self) -> dict[str, Any]:
        """Arguments for ``edit_project``; raises a validation error for an unknown account."""
        data = dict(self.validated_data)
        data.pop("version")
        for name in ("owner", "sponsor"):
            if data.get(name) is not None:
                data[name] = known_user(name, data[name])
        return data


class ProjectCreateSerializer(serializers.Serializer[Any]):
    """A project to be registered, as the wizard asks for it. With an ``id`` of your own, sending it again gives the same project."""

    id = serializers.UUIDField(required=False, help_text="Chosen by the caller, once per project; makes a second attempt safe")
    name_zh = serializers.CharField(required=False, allow_blank=True, default="", help_text="One of the two names is needed")
    name_en = serializers.CharField(required=False, allow_blank=True, default="")
    purpose = serializers.CharField(required=False, allow_blank=True, default="")
    scenario = serializers.CharField(required=False, allow_blank=True, default="")
    unit = serializers.CharField(required=False, allow_blank=True, default="")
    owner = serializers.IntegerField(required=False, help_text="Id of the account; the caller by default")
    sponsor = serializers.IntegerField(required=False, allow_null=True, default=None)
    target_launch = serializers.DateField(required=False, allow_null=True, default=None)
    budget = serializers.DecimalField(16, 2, required=False, allow_null=True, default=None, help_text="In the organisation's currency")
    code = serializers.CharField(required=False, allow_blank=True, default="", help_text="The next free one by default")
    confidential = serializers.BooleanField(default=False)
    facts = serializers.DictField(required=False, default=dict, help_text="Values by fact id")
    sources = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False, default=dict, help_text="By fact id")
    people = serializers.DictField(child=serializers.IntegerField(), required=False, default=dict, help_text="Accounts by role")

    def steps(self, user: User) -> dict[str, Any]:
        """What was sent as the steps of the wizard keep it."""
        data = self.validated_data
        names = ("name_zh", "name_en", "purpose", "scenario", "unit", "code")
        basics = {name: data[name] for name in names}
        for name in ("sponsor", "target_launch", "budget"):
            basics[name] = "" if data[name] is None else str(data[name])
        basics["owner"] = str(data.get("owner", user.pk))
        basics["confidential"] = "on" if data["confidential"] else ""
        people = {role: str(pk) for role, pk in data["people"].items()}
        return {"basics": basics, "facts": {"values": data["facts"], "sources": data["sources"]}, "people": people}


class SteerSerializer(serializers.Serializer[Any]):
    """A step aside or back, with its reason."""

    act = serializers.ChoiceField(choices=STEER_ACTS)
    reason = serializers.CharField(max_length=300)


class ProjectMemberSerializer(serializers.Serializer[Any]):
    """A role of the project in somebody's hands."""

    id = serializers.UUIDField()
    user = AccountSerializer()
    role = serializers.CharField()
    deputy = serializers.BooleanField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(allow_null=True)


class ProjectMemberWriteSerializer(serializers.Serializer[Any]):
    """Giving a role."""

    user = serializers.IntegerField()
    role = serializers.CharField()
    deputy = serializers.BooleanField(default=False)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)


def known_user(field: str, pk: int) -> User:
    """The account, or a validation error beside the field."""
    user = user_of(str(pk))
    if user is None:
        raise serializers.ValidationError({field: [_("There is no such account.")]})
    return user


def person(pk: Any, name: Any) -> dict[str, Any] | None:
    """An account for the JSON, None for nobody."""
    return None if pk is None else {"id": pk, "name": name}


def row_json(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the list query in the shape of :class:`ProjectRowSerializer`, without model objects or nested serializers."""
    return {
        "id": row["project_id"],
        "code": row["code"],
        "name": {"zh": row["name_zh"], "en": row["name_en"]},
        "unit": row["unit"],
        "stage": row["stage"],
        "owner": person(row["owner_id"], row["owner_name"]),
        "tags": row["tags"],
        "confidential": row["confidential"],
        "tier": row["tier"],
        "readiness": row["readiness"] if row["items_total"] else None,
        "band": row["band"],
        "dimensions": dict(zip(DIMENSIONS, tones_of(row["strip"]), strict=True)),
        "items_total": row["items_total"],
        "items_answered": row["items_answered"],
        "open_blockers": row["open_blockers"],
        "stale_gates": row["stale_gates"],
        "gate_waiting": row["gate_waiting"],
        "next_gate": row["next_gate"],
        "next_gate_due": row["next_gate_due"],
        "public_facing": row["public_facing"],
        "filings_state": row["filings_state"],
        "filings_open": row["filings_open"],
        "updated_at": row["updated_at"],
    }


def project_json(project: Any) -> dict[str, Any]:
    """One project in the shape of :class:`ProjectSerializer`."""
    names = (
        "id", "version", "code", "unit", "scenario", "purpose", "stage", "stage_since", "stage_reason", "confidential", "started_on",
        "target_launch", "launched_on", "review_due", "currency", "tags", "created_at", "updated_at",
    )  # fmt: skip
    amounts = ("budget", "spent", "compliance_budget")
    return {
        **{name: getattr(project, name) for name in names},
        **{name: None if getattr(project, name) is None else str(getattr(project, name)) for name in amounts},
        "name": {"zh": project.name_zh, "en": project.name_en},
        "owner": person(project.owner_id, project.owner.name),
        "sponsor": person(project.sponsor_id, project.sponsor.name if project.sponsor else None),
    }
