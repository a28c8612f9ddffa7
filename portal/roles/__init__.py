"""Roles as data, the people who hold them, teams and invitations."""
