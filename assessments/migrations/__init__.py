"""Migrations of the assessing app."""
