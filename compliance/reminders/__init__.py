"""Keeping people from missing a date: reminders, escalation, digests, webhooks."""
