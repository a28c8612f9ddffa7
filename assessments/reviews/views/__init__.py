"""Doors of the reviews."""
