"""From the entries of the files to the typed parts."""
