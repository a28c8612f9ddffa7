"""The doors of this slice: load what the person may see, call one action, render. No rules here."""
