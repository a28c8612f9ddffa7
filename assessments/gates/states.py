"""States of a gate round and of a condition, and the steps between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoundState(models.TextChoices):
    """One round of one gate of one project."""

    OPEN = "open", _("open for signature")
    APPROVED = "approved", _("approved")
    APPROVED_WITH_CONDITIONS = "approved_with_conditions", _("approved with conditions")
    RETURNED = "returned", _("returned")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")


ROUND_TRANSITIONS: dict[str, tuple[str, ...]] = {
    RoundState.OPEN: (
        RoundState.APPROVED,
        RoundState.APPROVED_WITH_CONDITIONS,
        RoundState.RETURNED,
        RoundState.REJECTED,
        RoundState.WITHDRAWN,
    ),
    RoundState.APPROVED: (),
    RoundState.APPROVED_WITH_CONDITIONS: (),
    RoundState.RETURNED: (),
    RoundState.REJECTED: (),
    RoundState.WITHDRAWN: (),
}
POSITIVE = (RoundState.APPROVED, RoundState.APPROVED_WITH_CONDITIONS)


class ConditionState(models.TextChoices):
    """A condition is a task with an owner and a date."""

    OPEN = "open", _("open")
    REPORTED = "reported", _("reported as met")
    MET = "met", _("met")
    DROPPED = "dropped", _("dropped")


CONDITION_TRANSITIONS: dict[str, tuple[str, ...]] = {
    ConditionState.OPEN: (ConditionState.REPORTED, ConditionState.DROPPED),
    ConditionState.REPORTED: (ConditionState.MET, ConditionState.OPEN, ConditionState.DROPPED),
    ConditionState.MET: (),
    ConditionState.DROPPED: (),
}


# What the outcomes of the catalogue's gates mean for the round and for the project. The catalogue names outcomes; this table
# gives each a kind, and a test refuses a catalogue with an outcome that is missing here.
OUTCOME_KIND: dict[str, str] = {
    "admit": RoundState.APPROVED,
    "submit": RoundState.APPROVED,
    "approve": RoundState.APPROVED,
    "pass": RoundState.APPROVED,
    "launch": RoundState.APPROVED,
    "continue": RoundState.APPROVED,
    "approve_with_conditions": RoundState.APPROVED_WITH_CONDITIONS,
    "launch_limited": RoundState.APPROVED_WITH_CONDITIONS,
    "continue_with_conditions": RoundState.APPROVED_WITH_CONDITIONS,
    "return": RoundState.RETURNED,
    "reject": RoundState.REJECTED,
    "stop": RoundState.REJECTED,
    "suspend": RoundState.REJECTED,
    "retire": RoundState.REJECTED,
}
# Where a project goes after a negative outcome; positive ones lead to the gate's own next stage, a return changes nothing.
STAGE_AFTER: dict[str, str] = {"reject": "stopped", "stop": "stopped", "suspend": "on_hold", "retire": "retired"}
