"""Reminders, daily mails, webhooks and events since a cursor."""
