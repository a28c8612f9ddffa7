"""People and bodies around a project."""
