"""Doors to projects: the portfolio, one project, its people."""
