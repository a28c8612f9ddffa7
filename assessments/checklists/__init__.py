"""Filling in: ten checklists of a project, answers with evidence, comments, what waits for whom, calculators."""
