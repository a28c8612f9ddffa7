"""Acts on projects: one function is one act, one transaction, one entry in the trail."""

from portal.projects.actions.editing import edit_project, set_confidential
from portal.projects.actions.people import add_member, change_member, end_member
from portal.projects.actions.registering import create_project
from portal.projects.actions.sharing import share_with_person, share_with_team, withdraw_share
from portal.projects.actions.stages import advance_stage, hold_project, resume_project, retire_project, stop_project

__all__ = [
    "add_member",
    "advance_stage",
    "change_member",
    "create_project",
    "edit_project",
    "end_member",
    "hold_project",
    "resume_project",
    "retire_project",
    "set_confidential",
    "share_with_person",
    "share_with_team",
    "stop_project",
    "withdraw_share",
]
