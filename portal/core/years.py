"""The days that a date of the product can have: anything else is a slip of the keyboard. Free of Django; pure slices read it too."""

from datetime import date
from typing import Final

YEARS: Final = range(1990, 2101)
FIRST_DAY: Final = date(YEARS[0], 1, 1)
LAST_DAY: Final = date(YEARS[-1], 12, 31)
