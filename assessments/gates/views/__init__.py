"""Doors of the gates: pages and acts."""
