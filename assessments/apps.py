"""Judging a project along the ten dimensions."""

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """Checklists, reviews, gates, scoring, calculators."""

    name = "assessments"
    verbose_name = "Assessments"

    def ready(self) -> None:
        """Declare the permissions of this app; hang into projects what follows from facts."""
        from assessments import permissions
        from assessments.checklists import effects, lifecycle
        from assessments.checklists import install as checklists_install
        from assessments.checklists import rescore as rescoring
        from assessments.checklists.tier import hanging as tier_hanging
        from assessments.gates import effects as gate_effects
        from assessments.gates import wiring
        from assessments.reviews import wiring as reviews_wiring
        from portal.projects import locking, registry
        from portal.projects.facts import dictionary

        permissions.declare()
        checklists_install.install()
        locking.register_lock(rescoring.lock_of)
        dictionary.register_version_source(lifecycle.version_of)
        registry.register_effects(10, effects.checklist_effects)
        registry.register_effects(30, gate_effects.gate_effects)
        registry.on_project_registered(20, lifecycle.begin)
        registry.on_facts_saved(20, lifecycle.follow_facts)
        tier_hanging.install()
        wiring.install()
        reviews_wiring.install()
