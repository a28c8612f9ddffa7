"""Acts on projects: one function is one act, one transaction, one entry in the trail."""

from portal.projects.actions.registering import create_project
from portal.projects.actions.stages import advance_stage, hold_project, resume_project, retire_project, stop_project

__all__ = ["advance_stage", "create_project", "hold_project", "resume_project", "retire_project", "stop_project"]
