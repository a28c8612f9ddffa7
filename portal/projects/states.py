"""Stages of a project and the steps between them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """Where a project stands in its life. Values agree with ``from_stage`` and ``to_stage`` of the gates."""

    INTAKE = "intake", _("intake")
    ASSESSMENT = "assessment", _("assessment")
    APPROVAL = "approval", _("approval")
    BUILD = "build", _("build")
    PRE_LAUNCH = "pre_launch", _("pre-launch")
    LIVE = "live", _("live")
    PERIODIC_REVIEW = "periodic_review", _("periodic review")
    ON_HOLD = "on_hold", _("on hold")
    STOPPED = "stopped", _("stopped")
    RETIRED = "retired", _("retired")


FLOW = (Stage.INTAKE, Stage.ASSESSMENT, Stage.APPROVAL, Stage.BUILD, Stage.PRE_LAUNCH, Stage.LIVE, Stage.PERIODIC_REVIEW)
LAUNCHED = frozenset({Stage.LIVE, Stage.PERIODIC_REVIEW, Stage.RETIRED})  # not without a day of launch
_SIDE = (Stage.ON_HOLD, Stage.STOPPED)

# Steps along the flow are taken by gate decisions only; steps to the side and back by people who may steer the project.
TRANSITIONS: dict[str, tuple[str, ...]] = {
    Stage.INTAKE: (Stage.ASSESSMENT, *_SIDE),
    Stage.ASSESSMENT: (Stage.APPROVAL, Stage.INTAKE, *_SIDE),
    Stage.APPROVAL: (Stage.BUILD, Stage.ASSESSMENT, *_SIDE),
    Stage.BUILD: (Stage.PRE_LAUNCH, Stage.APPROVAL, *_SIDE),
    Stage.PRE_LAUNCH: (Stage.LIVE, Stage.BUILD, *_SIDE),
    Stage.LIVE: (Stage.PERIODIC_REVIEW, Stage.RETIRED, *_SIDE),
    Stage.PERIODIC_REVIEW: (Stage.LIVE, Stage.RETIRED, *_SIDE),
    Stage.ON_HOLD: (*FLOW, Stage.STOPPED, Stage.RETIRED),
    Stage.STOPPED: (Stage.INTAKE,),
    Stage.RETIRED: (),
}
