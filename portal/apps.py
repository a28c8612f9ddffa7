"""The ground: who, where, and what is being governed."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Tenants, people, roles, audit, jobs, notices, projects, stakeholders."""

    name = "portal"
    verbose_name = "Portal"

    def ready(self) -> None:
        """Declare the permissions and start-up checks of this app."""
        from portal import administration, permissions
        from portal.catalogue import publishing
        from portal.core import checks
        from portal.projects import pages as project_pages
        from portal.projects.facts import hanging as facts_hanging
        from portal.stakeholders import pages as stakeholder_pages

        permissions.declare()
        checks.install()
        administration.install()
        publishing.install()
        project_pages.install()
        facts_hanging.install()
        stakeholder_pages.install()
