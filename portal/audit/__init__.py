"""The append-only trail of what happened, and how people read it."""
