"""What people, roles, organisation, trail and messages hang into the frame, and how their slices learn of projects."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.audit import history as audit_history
from portal.audit import sentences
from portal.audit.changes import register_names
from portal.audit.projects import register_projects
from portal.core.navigation import Entry, register
from portal.jobs import history as jobs_history
from portal.notices.queries import unread_count
from portal.projects import registry
from portal.projects.access import projects_visible_to
from portal.roles import history as roles_history
from portal.tenants import history as tenants_history

GROUP = _("Administration")


def install() -> None:
    """Register side-bar entries, the history tab, sentences of acts and the rule which projects a reader of the trail may see."""
    register(Entry(80, "notices", _("Messages"), "bell", "portal:notices", "*member", count=unread_count))
    register(Entry(90, "people", _("People"), "users", "portal:people", "portal.manage_people", group=GROUP))
    register(Entry(91, "roles", _("Roles"), "shield-check", "portal:roles", "portal.manage_roles", group=GROUP))
    register(Entry(92, "organisation", _("Organisation"), "building", "portal:organisation", "portal.manage_organisation", group=GROUP))
    register(Entry(98, "audit_log", _("Audit log"), "history", "portal:audit_log", "portal.view_audit_log", group=GROUP))
    registry.register_tab(registry.Tab(90, "history", _("History"), "portal:project_history", "portal.view_history"))
    register_projects(projects_visible_to)
    register_names("portal_role", "name_zh", "name_en")
    register_names("portal_membership", "user__name", "user__name")
    register_names("portal_team", "name", "name")
    register_names("portal_project", "name_zh", "name_en")
    for slice_history in (audit_history, jobs_history, tenants_history, roles_history):
        sentences.register(slice_history.SENTENCES)
