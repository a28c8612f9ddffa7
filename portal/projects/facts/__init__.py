"""Facts: the answers from which everything else follows. Organisation-wide ones live once and are inherited by every project.

- ``queries.project_facts(project) -> dict``: what rules read (one query).
- ``queries.facts_with_provenance(project) -> list[FactState]``: the same for people, with who, when and source.
- ``actions.plan_facts(project, values)``: what a change would lead to; writes nothing.
- ``actions.save_facts(project, values, by=user, versions=…)``: writes it, in one transaction with everything that follows.
- ``actions.save_organisation_facts(values, by=user, versions=…)``: the same for the organisation; projects follow in a job.
"""
