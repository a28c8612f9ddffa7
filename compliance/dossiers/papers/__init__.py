"""The papers of a dossier: Word forms, the cover with the table of contents, workbooks. Pure: plain data in, bytes out."""
