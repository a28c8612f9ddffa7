"""Projects as JSON: the filters, rights and acts of the pages."""
