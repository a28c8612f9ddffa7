"""Imported results and data profiles."""
