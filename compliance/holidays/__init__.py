"""The calendar of working days as the organisation keeps it, over the one of the content."""
