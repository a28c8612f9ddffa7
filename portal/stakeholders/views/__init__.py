"""Doors to stakeholders: the directory of contacts, the list of a project, the matrix."""
