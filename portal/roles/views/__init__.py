"""Doors of this slice: people, teams, roles, invitations, platform pages."""
