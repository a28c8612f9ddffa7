"""What bin/up, bin/test, bin/manage and bin/lock are made of. Python's standard library only: this runs before anything is installed."""
