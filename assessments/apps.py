"""Judging a project along the ten dimensions."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Checklists, reviews, gates, scoring, calculators."""

    name = "assessments"
    verbose_name = "Assessments"

    def ready(self) -> None:
        """Declare the permissions of this app."""
        from assessments import permissions

        permissions.declare()
