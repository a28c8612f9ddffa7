"""Background work that people can watch, cancel and start again."""
